"""Call lists as people write them: what is loaded, and what is said of mistakes."""

import re
from pathlib import Path

import pytest

from qualscore.config import ROOT
from qualscore.definitions.call_list import CallList, load
from qualscore.errors import ConfigurationError
from qualscore.scores.segment_columns import types

SCORES = ["analytics", "platform"]
COLUMNS = types(SCORES, ["data"])
EXAMPLE = ROOT / "conf" / "lists" / "example.yml"


def write(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text)
    return [str(folder)]


def test_the_example_shows_every_key_with_its_default(tmp_path: Path) -> None:
    (shown,) = load(write(tmp_path, mine=EXAMPLE.read_text()), columns=COLUMNS, scores=SCORES)
    assert shown == CallList(name="example")
    for key in CallList.model_fields:
        assert re.search(rf"^{key}:", EXAMPLE.read_text(), re.MULTILINE), key
    for condition in re.findall(r'"(.*)"', EXAMPLE.read_text()):
        assert load(write(tmp_path, mine=f'name: mine\nwhen: "{condition}"'), columns=COLUMNS, scores=SCORES)


def test_the_list_of_the_readme_fits(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n# lists/dach.yml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (shown,) = load(write(tmp_path, mine=text), columns=COLUMNS, scores=SCORES)
    assert (shown.accounts, shown.owners, shown.room(None)) == (40, ("Ada", "Ben"), 40)


def test_a_quota_leaves_the_rest_to_what_it_does_not_name() -> None:
    shown = CallList.model_validate({"name": "it", "accounts": 50, "quota": {"product": {"platform": 30, "analytics": 5}}})
    assert [shown.room(it) for it in ("platform", "analytics", None)] == [30, 5, 15]


def test_all_mistakes_of_all_lists_are_said_at_once(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        a="{name: a, scores: [platfrom], when: platform.scor > 70, crm_accounts: ownr = 'Eva', quota: {product: {analytics: 5}}}",
        b="{name: a, accounts: 5, quota: {band: {likely: 4, unlikely: 2}}, owners: [Eva]}",
        c="{name: c, per: owner, owners: [Eva, eva], caps: {owner: 5}}",
        d="{name: d, wen: employees > 5, control_share: 0.9, quota: {band: {good: 5}}}",
        e="{name: e, quota: {band: {likely: 4}, product: {platform: 2}}, scores: []}",
        f="{name: f, per: owner, accounts: 10000, owners: [a, b, c, d, e, f, g, h, i, j, k]}",
    )
    with pytest.raises(ConfigurationError) as caught:
        load(paths, columns=COLUMNS, scores=SCORES)
    said = str(caught.value)
    for part in (
        "a.yml: when: character 1: no column 'platform.scor', did you mean 'platform.score'?",
        "a.yml: crm_accounts: character 1: no column 'ownr', did you mean 'owner'?",
        "a.yml: scores: there is no score 'platfrom'; did you mean 'platform'?",
        "a.yml: quota.product: the list is of no score 'analytics'",
        "owners share accounts with per: owner only; quota asks for 6 accounts, more than accounts (5)",
        "owners names somebody twice; caps.owner is for per: all",
        "wen: unknown; did you mean 'when'?",
        "control_share: Input should be less than or equal to 0.5",
        "give band or product, not both",
        "write all, or a list with the name of at least one score",
        "10,000 accounts for 11 owners are more than 100,000",
    ):
        assert part in said, said


def test_a_list_defined_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"b.yml: the call list 'it' is defined twice"):
        load(write(tmp_path, a="name: it", b="name: it"), columns=COLUMNS, scores=SCORES)
