"""The sample's configuration is written without a JVM, and reads as settings."""

from pathlib import Path

import yaml

from qualscore import config, sample
from qualscore.sample.draws import SLOTS
from qualscore.sample.layout import places
from qualscore.sample.vocabulary import COUNTRIES, INDUSTRIES, KEYWORDS, PRODUCTS


def test_the_configuration_names_every_ingested_file_of_the_sample(tmp_path: Path) -> None:
    settings = config.load(sample.write_configuration(tmp_path, accounts=20_000, seed=3))
    named = [(source.table, source.list, Path(source.path).relative_to(tmp_path).as_posix()) for source in settings.sources]
    assert named == [
        ("firmographics", None, "deliveries/firmographics_2026-11-01.csv.gz"),
        ("technographics", None, "deliveries/technographics_2026-11-01.csv.gz"),
        ("technographics", None, "deliveries/builtwith_Shopfront.csv"),
        ("intent_signals", None, "deliveries/intent_2026-11-01.csv.gz"),
        ("intent_signals", None, "deliveries/Bombora_ADAT_20261026.csv.gz"),
        ("crm_accounts", None, "deliveries/salesforce/accounts.csv"),
        ("crm_opportunities", None, "deliveries/salesforce/opportunities.csv"),
        ("crm_opportunity_history", None, "deliveries/salesforce/opportunity_history.csv"),
        ("activities", None, "deliveries/marketing/activities.csv"),
        ("account_lists", "customers_platform", "deliveries/lists/customers_platform.csv"),
        ("account_lists", "customers_analytics", "deliveries/lists/customers_analytics.csv"),
        ("account_lists", "partners", "deliveries/lists/partners.csv"),
    ]
    assert {source.observed_on for source in settings.sources if source.table in ("firmographics", "technographics")} == {sample.AS_OF}
    assert settings.own_domains == ("tallowmere-data.com",)
    assert settings.scores == (str(tmp_path / "scores"),)


def test_each_product_has_a_score_that_leaves_partners_out(tmp_path: Path) -> None:
    sample.write_configuration(tmp_path, accounts=20_000, seed=3)
    definitions = {file.name: yaml.safe_load(file.read_text()) for file in sorted((tmp_path / "scores").iterdir())}
    assert list(definitions) == ["analytics.yml", "platform.yml"]
    assert definitions["platform.yml"] == {
        "name": "platform",
        "type": "predictive",
        "examples": {"any": [{"account_list": "customers_platform"}]},
        "exclude": {"any": [{"account_list": "partners"}]},
        "training": {"seed": 3},
    }


def test_writing_it_again_changes_nothing(tmp_path: Path) -> None:
    def content() -> dict[str, bytes]:
        sample.write_configuration(tmp_path, accounts=500, seed=1)
        return {str(file): file.read_bytes() for file in tmp_path.rglob("*.yml")}

    assert content() == content()


def test_a_large_universe_is_delivered_in_folders_of_parquet(tmp_path: Path) -> None:
    written = sample.write_configuration(tmp_path, accounts=55_000_000, seed=1)
    paths = [Path(source.path).name for source in config.load(written).sources]
    assert paths[:3] == ["firmographics_2026-11-01.parquet", "technographics_2026-11-01.parquet", "builtwith_Shopfront.csv"]
    assert places(55_000_000, file_format="csv")["intent"].path == "deliveries/intent_2026-11-01.csv"


def test_the_words_add_up() -> None:
    assert sum(weight for weight, _, _ in COUNTRIES.values()) == SLOTS
    assert sum(weight for _, weight, _, _ in INDUSTRIES.values()) == SLOTS
    assert len({product for product, _ in PRODUCTS}) == len(PRODUCTS) == 160
    assert len(set(KEYWORDS)) == len(KEYWORDS) == 80
