"""Segments as people write them: what is loaded, and what is said of mistakes."""

import re
from pathlib import Path

import pytest

from qualscore.config import ROOT
from qualscore.definitions.segment import Segment, load
from qualscore.errors import ConfigurationError
from qualscore.scores.segment_columns import types

COLUMNS = types(["platform"], ["data"])


def write(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text)
    return [str(folder)]


def test_a_folder_is_loaded_by_name_without_its_example(tmp_path: Path) -> None:
    paths = write(tmp_path, b="{name: b, when: platform.score > 70}", a="{name: a, crm_accounts: owner is null}", example="nothing: at all")
    assert load(paths, columns=COLUMNS, lists=[]) == [
        Segment(name="a", crm_accounts="owner is null"),
        Segment(name="b", when="platform.score > 70"),
    ]


def test_the_example_file_fits(tmp_path: Path) -> None:
    text = (ROOT / "conf" / "segments" / "example.yml").read_text()
    (segment,) = load(write(tmp_path, mine=text), columns=COLUMNS, lists=[])
    assert segment.names == ("platform.score", "country", "products", "crm_state", "account_lists")


def test_the_segment_of_the_readme_fits(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n# segments/german_greenfield.yml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (segment,) = load(write(tmp_path, mine=text), columns=COLUMNS, lists=["target_accounts"])
    assert (segment.crm_accounts, segment.append_to) == ("owner is null", "target_accounts")


def test_scores_factors_lists_and_intent_may_be_asked(tmp_path: Path) -> None:
    when = "platform.factors_for has 'industry' and account_lists has 'won' and data.signals_13w > 2 and as_of > '2026-01-01'"
    assert load(write(tmp_path, it=f'{{name: it, when: "{when}", append_to: won}}'), columns=COLUMNS, lists=["won"])


def test_all_mistakes_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        a="{name: a, when: platfrom.score > 70 and platform.score > 'high', append_to: wno}",
        b="{name: a, crm_accounts: ownr is null}",
        c="{name: C, wen: employees > 5}",
        d="{name: d, when: employees >}",
        e="{name: e}",
    )
    with pytest.raises(ConfigurationError) as caught:
        load(paths, columns=COLUMNS, lists=["won"])
    said = str(caught.value)
    for part in (
        "a.yml: when: character 1: no column 'platfrom.score', did you mean 'platform.score'?",
        "a.yml: when: character 42: 'high' is not a number",
        "a.yml: append_to: no source declares the account list 'wno'; did you mean 'won'?",
        "b.yml: crm_accounts: character 1: no column 'ownr', did you mean 'owner'?",
        "b.yml: the segment 'a' is defined twice",
        "wen: unknown; did you mean 'when'?",
        "d.yml: 1 finding(s)\n  when: character 12: a value is expected here",
        "e.yml: 1 finding(s)\n  : a segment needs a condition: when or crm_accounts",
    ):
        assert part in said, said
