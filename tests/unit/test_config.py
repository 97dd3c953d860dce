"""Settings: what is merged with what, and what is said of mistakes."""

from datetime import date
from pathlib import Path

import pytest

from qualscore import config, contracts
from qualscore.definitions import definition
from qualscore.deliveries import mappings
from qualscore.errors import ConfigurationError
from qualscore.storage import places


def write(folder: Path, text: str) -> Path:
    file = folder / "own.yml"
    file.write_text(text)
    return file


def test_an_overlay_replaces_lists_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    text = "sources: [{table: firmographics, path: data/a.csv, mapping: mine.yml}]\nscores: [own/]\nwarehouse: tables\n"
    settings = config.load(write(tmp_path, text))
    assert (settings.warehouse, settings.scores) == (str(tmp_path / "tables"), (str(tmp_path / "own"),))
    (source,) = settings.sources
    assert (source.path, source.mapping) == (str(tmp_path / "data" / "a.csv"), str(tmp_path / "mine.yml"))
    assert settings.top_accounts == 100_000


PLACES = ("hdfs:/lake", "hdfs://name:8020/lake", "s3a://bucket/lake", "abfss://lake@account.dfs.core.windows.net/x", "gs://b/x", "file:/x")


@pytest.mark.parametrize("place", PLACES)
def test_a_path_with_a_scheme_stays_as_it_is(tmp_path: Path, place: str) -> None:
    text = f"warehouse: {place}\nsources: [{{table: firmographics, path: {place}}}]\nstaging: {place}\n"
    settings = config.load(write(tmp_path, text))
    assert (settings.warehouse, settings.sources[0].path, settings.staging) == (place, place, place)
    assert config.load(None, warehouse=place).warehouse == place


@pytest.mark.parametrize("place", PLACES[:-1])
def test_a_warehouse_elsewhere_needs_a_registry_of_its_own(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    places.check_writable(place)
    with pytest.raises(ConfigurationError, match="set MLFLOW_TRACKING_URI"):
        places.registry(place)


def test_a_local_warehouse_may_be_named_with_its_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    places.check_writable(f"file:{tmp_path}/w")
    assert places.registry(f"file:{tmp_path}/w") == places.registry(f"{tmp_path}/w")
    assert (tmp_path / "w" / "_mlflow").is_dir()


def test_a_change_wins_over_files_and_the_warehouse_argument_over_both(tmp_path: Path) -> None:
    file = write(tmp_path, "warehouse: a\nmax_rejected_share: 0.1\n")
    settings = config.load(file, changes=["max_rejected_share=0.9", "own_domains=[acme.com]"], warehouse=str(tmp_path / "b"))
    assert (settings.max_rejected_share, settings.own_domains, settings.warehouse) == (0.9, ("acme.com",), str(tmp_path / "b"))


def test_sources_of_one_file_have_ids_of_their_own(tmp_path: Path) -> None:
    source_of_file = "{table: account_lists, list: won, path: a.csv}"
    settings = config.load(write(tmp_path, f"sources: [{source_of_file}, {source_of_file}]"))
    assert [source.id for source in settings.sources] == ["account_lists:won:a.csv", "account_lists:won:a.csv#2"]


MISTAKES = {
    "sorces: []": ["sorces: unknown; did you mean 'sources'?"],
    "sources: [{table: firmografics, path: a.csv}]": ["sources.0.table: 'firmografics' is none; did you mean 'firmographics'?"],
    "sources: [{table: firmographics, path: a.csv, maping: auto}]": ["sources.0.maping: unknown; did you mean 'mapping'?"],
    "sources: [{table: account_lists, path: a.csv}]": ["'list' names an account list: account_lists needs it"],
    "top_accounts: many\nevaluation_accounts: few": ["2 finding(s)", "top_accounts: ", "evaluation_accounts: "],
    "- a\n- b": ["should hold settings as 'key: value', but holds list"],
    "a: [": ["cannot be read as YAML"],
    "sources: []\ntop_accounts: 3\nsources: []": ["the key 'sources' is repeated (lines 1 and 3)"],
    "sources:\n  - table: firmographics\n    path: a\n    path: b": ["the key 'sources.0.path' is repeated (lines 3 and 4)"],
    "a: {b: 1, b: 1, b: 2}\nsources: [{path: a, 'path': b}]": ["'a.b' is repeated (lines 1, 1 and 1)", "'sources.0.path'"],
    "a: &it {b: 1}\nc: *it\na: *it": ["the key 'a' is repeated (lines 1 and 3)"],
    "sources: [{table: firmographics, path: a.csv, encoding: utf-9}]": ["sources.0.encoding: 'utf-9' is no encoding"],
    "sources: [{table: firmographics, path: a, encoding: hex}]": ["'hex' is no encoding"],
    "warehouse: a\n---\nwarehouse: b": ["holds 2 documents"],
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_file(text: str, tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        config.load(file)
    assert str(file) in str(caught.value)
    assert [said for said in MISTAKES[text] if said not in str(caught.value)] == []


def test_a_missing_file_and_a_change_without_a_value() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.yml: no such file"):
        config.load(Path("nowhere.yml"))
    with pytest.raises(ConfigurationError, match="--set top_accounts: should read --set key=value"):
        config.load(None, changes=["top_accounts"])


def test_a_repeated_key_is_refused_in_every_file_that_people_write(tmp_path: Path) -> None:
    keywords, score, names = (tmp_path / name for name in ("keywords.yml", "score.yml", "names.yml"))
    keywords.write_text("streaming: [kafka]\nstreaming: [flink]\n")
    score.write_text("name: a\nexamples: {account_list: customers}\nexamples: {account_list: others}\n")
    names.write_text("table: firmographics\ncolumns: {domain: [Web]}\n---\ntable: activities\n---\ntable: activities\ntable: a\n")
    settings = config.load(write(tmp_path, "keyword_sets: keywords.yml\n"))
    contract = contracts.load("clean/firmographics")
    reading = {keywords: lambda: settings.keywords, score: lambda: definition.load([str(score)], lists=["customers", "others"])}
    reading |= {names: lambda: mappings.documents(str(names), contract)}
    for file, read in reading.items():
        with pytest.raises(ConfigurationError, match=r"is repeated \(lines [0-9]+ and [0-9]+\)") as caught:
            read()
        assert str(file) in str(caught.value)


def test_rates_are_of_currencies_always_or_from_a_day_on() -> None:
    given = {
        "warehouse": "w",
        "keyword_sets": "k",
        "max_rejected_share": 0.5,
        "max_unread_share": 0.1,
        "evaluation_accounts": 1,
        "top_accounts": 1,
    }
    rates = {"eur": 1.08, "JPY": [{"from": date(2025, 1, 1), "rate": 0.0066}]}
    settings = config.validate(config.Settings, given | {"rates": rates}, where="it.yml")
    assert {code: [(it.since, it.rate) for it in of] for code, of in settings.rates.items()} == {
        "EUR": [(None, 1.08)],
        "JPY": [(date(2025, 1, 1), 0.0066)],
    }
    with pytest.raises(ConfigurationError, match="'EURO' is no currency of ISO 4217"):
        config.validate(config.Settings, given | {"rates": {"EURO": 1}}, where="it.yml")
