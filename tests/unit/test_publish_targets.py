"""Targets are checked at once, and hold no secret."""

from pathlib import Path

import pytest

from qualscore.config import ROOT
from qualscore.errors import ConfigurationError
from qualscore.publish.recipe import recipe
from qualscore.publish.targets import TYPES, load, read
from qualscore.yaml_files import load_documents

EXAMPLE = ROOT / "conf" / "targets" / "example.yml"
SALESFORCE = "type: salesforce\nurl: https://acme.my.salesforce.com\n"


def test_the_example_shows_every_key_of_each_type() -> None:
    shown = {it["type"]: it for it in load_documents(EXAMPLE)}
    assert shown.keys() == TYPES.keys()
    for kind, content in shown.items():
        read(content, EXAMPLE)
        left_out = {"scores", "prefix", "fields", "most_failures"} if kind == "reverse_etl" else set()
        assert content.keys() == TYPES[kind].model_fields.keys() - left_out


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        f"name: a\n{SALESFORCE}scores: [platfrm]\nfields: {{bnad: X__c, band: 'x y'}}\nnew_records: {{segment: bst, key: D__c}}\n"
    )
    (tmp_path / "b.yml").write_text("name: b\ntype: salesfroce\n")
    (tmp_path / "c.yml").write_text("name: sent_rows\ntype: hubspot\nurl: http://hub.example\nbatch: 200\n")
    (tmp_path / "d.yml").write_text("name: d\ntype: reverse_etl\n")
    (tmp_path / "e.yml").write_text("name: d\ntype: reverse_etl\nprefix: x\n")
    (tmp_path / "f.yml").write_text("name: f\ntype: postgresql\njdbc: {url: 'jdbc:postgresql://u:pass@db/x', table: t}\n")
    (tmp_path / "example.yml").write_text("is: not loaded\n")
    with pytest.raises(ConfigurationError) as findings:
        load([str(tmp_path)], scores=["platform"], segments=["best"])
    said = str(findings.value).replace(f"{tmp_path}/", "")
    for line in (
        "a.yml: scores: no score is called 'platfrm'; did you mean 'platform'?",
        "a.yml: fields: no field is called 'bnad'; did you mean 'band'?",
        "a.yml: fields: 'x y' is no name of a field",
        "a.yml: new_records.segment: no segment is called 'bst'; did you mean 'best'?",
        "b.yml: type: 'salesfroce' is none; did you mean 'salesforce'?",
        "url: has to begin with https://",
        "batch: Input should be less than or equal to 100",
        "e.yml: the target 'd' is defined twice",
        "e.yml: a second target of type reverse_etl; the table has one row for each account",
        "e.yml: fields, prefix and scores are not for a target of type reverse_etl",
        "jdbc.url: holds a password",
    ):
        assert line in said
    assert "u:pass" not in said


def test_fields_are_named_as_the_target_names_fields() -> None:
    content = {"name": "a", "type": "salesforce", "url": "https://a.my.salesforce.com", "fields": {"band": "Fit__c", "trend": None}}
    names = list(read(content, EXAMPLE).named(["platform"]))
    assert names[:3] == ["Qualscore_Score__c", "Fit__c", "Qualscore_Action__c"] and "Qualscore_Trend__c" not in names
    assert names[-3:] == ["Qualscore_Platform_Score__c", "Qualscore_Platform_Band__c", "Qualscore_Platform_Reasons__c"]
    others = {kind: list(read(it, EXAMPLE).named(["platform"]))[-3] for it in load_documents(EXAMPLE)[1:] if (kind := it["type"])}
    assert others == {
        "hubspot": "qualscore_platform_score",
        "dynamics": "qs_platform_score",
        "marketo": "platformScore",
        "postgresql": "platform_score",
        "reverse_etl": "advice",
    }


@pytest.mark.parametrize("content", load_documents(EXAMPLE), ids=lambda it: it["type"])
def test_a_recipe_lists_every_field_with_its_type(content: dict[str, object]) -> None:
    target = read(content, EXAMPLE)
    text = recipe(target, target.named(["platform"]))
    assert all(f"| `{name}` | " in text for name in target.named(["platform"]))
    assert target.place in text and f"# Fields of {target.name}" in text


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    (tmp_path / "secrets.yml").write_text("client_id: id\nclient_secret: secret\n")
    content = {"name": "a", "type": "salesforce", "url": "https://a.my.salesforce.com"}
    target = read(content | {"credentials": {"file": "secrets.yml"}}, tmp_path / "a.yml")
    assert target.credentials.secrets("a") == {"client_id": "id", "client_secret": "secret"}  # type: ignore[union-attr]
    for credentials, reason in (({"token_env": "NOT_THERE"}, "no variable for token_env: NOT_THERE"), ({}, "no credentials; name")):
        with pytest.raises(ConfigurationError, match=reason):
            read(content | {"credentials": credentials}, EXAMPLE).credentials.secrets("a")  # type: ignore[union-attr]
    with pytest.raises(ConfigurationError, match="client_secret: unknown"):
        read(content | {"credentials": {"client_secret": "secret"}}, EXAMPLE)
