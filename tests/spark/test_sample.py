"""The sample: the same for every partitioning, in the headers of real exports, with their dirt, and with a truth worth learning."""

import gzip
import re
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from sklearn.metrics import roc_auc_score

from qualscore import config, sample
from qualscore.sample.files import write
from qualscore.sample.firmographics import numbered
from qualscore.sample.layout import Place
from qualscore.sample.technographics import BUILTWITH_COLUMNS
from qualscore.sample.vocabulary import KEYWORDS

ACCOUNTS = 6000
FIRMOGRAPHICS = (
    "domain,name,country,state,city,sector,industry,employees,employees_range,revenue_usd,revenue_range,market_cap_band,listed,founded_year"
)
HEADERS = {
    "firmographics_2026-11-01.csv.gz": FIRMOGRAPHICS,
    "technographics_2026-11-01.csv.gz": "domain,product,category,confidence,first_seen,last_seen",
    "builtwith_Shopfront.csv": ",".join(BUILTWITH_COLUMNS),
    "intent_2026-11-01.csv.gz": "domain,keyword,week_start,score,source",
    "salesforce/accounts.csv": "Id,Name,Type,ParentId,BillingCountry,Website,Industry,AnnualRevenue,NumberOfEmployees,Sic,NaicsCode,"
    "OwnerId,CreatedDate,SystemModstamp,IsDeleted",
    "salesforce/opportunities.csv": "Id,AccountId,Name,StageName,Amount,CloseDate,Type,IsClosed,IsWon,OwnerId,CreatedDate,Product__c",
    "salesforce/opportunity_history.csv": "Id,OpportunityId,StageName,Amount,Probability,CloseDate,CreatedDate",
    "marketing/activities.csv": "type,date,email,account,campaign",
    "lists/customers_platform.csv": "domain,company_name,event_on",
    "lists/customers_analytics.csv": "domain,company_name,event_on",
    "lists/partners.csv": "domain,company_name,event_on",
}


def generated(spark: SparkSession, folder: Path, *, cores: int, file_format: str | None = None) -> dict[str, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SparkContext, "defaultParallelism", cores)  # the partitions of spark.range
        return sample.generate(spark, str(folder), accounts=ACCOUNTS, seed=5, file_format=file_format)


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    counts = generated(spark, folder, cores=2)
    assert {name: counts[name] for name in ("truth", "firmographics")} == {"truth": ACCOUNTS, "firmographics": ACCOUNTS + 2 + 7 * 4}
    return folder


def text(file: Path) -> str:
    content = file.read_bytes()
    return (gzip.decompress(content) if file.suffix == ".gz" else content).decode()


def delivery(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text(folder / "deliveries" / name)), dtype=str, keep_default_na=False)


def truth(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "truth" / "accounts.parquet")


def plain(domains: pd.Series) -> pd.Series:
    return domains.str.strip().str.lower().str.replace(r"^(https?://)?(www\.)?|^info@|/.*$", "", regex=True)


def test_the_same_seed_gives_the_same_rows_under_another_partitioning_and_in_parquet(
    spark: SparkSession, folder: Path, tmp_path: Path
) -> None:
    generated(spark, tmp_path, cores=5, file_format="parquet")
    for name in ("firmographics", "technographics", "intent"):
        other = pd.read_parquet(tmp_path / "deliveries" / f"{name}_2026-11-01.parquet").fillna("")
        pd.testing.assert_frame_equal(delivery(folder, f"{name}_2026-11-01.csv.gz"), other, check_dtype=False)
    rest = [file.relative_to(folder) for file in folder.rglob("*.csv*") if "2026-11-01" not in file.name]
    assert len(rest) == 9
    assert [name for name in rest if text(folder / name) != text(tmp_path / name)] == []
    pd.testing.assert_frame_equal(truth(folder), truth(tmp_path))


def test_a_large_universe_is_made_in_parts_of_bounded_size(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualscore.sample.firmographics._MOST_OF_A_PART", 300)
    parts = numbered(spark, accounts=1_000).withColumn("part", F.spark_partition_id()).where("kind = -1").groupBy("part").count()
    counts = [row["count"] for row in parts.collect()]
    assert sum(counts) == 1_000 and len(counts) == 4 and max(counts) <= 300


def test_a_delivery_is_one_file_or_a_folder_and_replaces_what_was_there(spark: SparkSession, tmp_path: Path) -> None:
    for rows in (3, 2):
        frame = spark.range(rows).selectExpr("id", "concat(' \"', id, '\",\n') as name")
        for place in (Place("a/one.csv.gz"), Place("a/many.csv", is_one_file=False), Place("a/bare.csv", has_header=False)):
            assert write(frame, str(tmp_path), place) == rows
    expected = '0," ""0"",\n"\n1," ""1"",\n"\n'
    assert [text(tmp_path / "a" / "one.csv.gz"), text(tmp_path / "a" / "bare.csv")] == ["id,name\n" + expected, expected]
    parts = sorted((tmp_path / "a" / "many.csv").glob("part-*.csv.gz"))
    assert sorted("".join(text(part).replace("id,name\n", "") for part in parts)) == sorted(expected)
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == ["bare.csv", "many.csv", "one.csv.gz"]


def test_every_export_has_the_headers_that_people_will_bring(folder: Path) -> None:
    assert {name: text(folder / "deliveries" / name).split("\n", 1)[0] for name in HEADERS} == HEADERS
    bombora = pd.read_csv(StringIO(text(folder / "deliveries" / "Bombora_ADAT_20261026.csv.gz")), header=None)
    assert len(bombora.columns) == 12
    assert set(bombora[5].str.lower()) <= set(KEYWORDS)


def test_domains_are_one_per_company(folder: Path) -> None:
    domains = truth(folder)["domain"]
    assert domains.is_unique
    assert domains.map(lambda domain: bool(re.fullmatch(r"[a-z0-9]+(\.[a-z]+){1,2}", domain))).all()


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        (r"^https://www\..*/en/about", 60),
        (r"^http://[a-z]+\.", 30),
        (r"^www\.", 60),
        (r"^[A-Z]+\.[A-Z.]+$", 30),
        (r"^ ", 10),
        (r"^$", 4),
        (r"no website", 4),
        (r"^http://192\.168", 4),
        (r"linkedin\.com/company", 4),
        (r"^yandex\.com$", 1),
        (r"^tallowmere-data\.com$", 1),
    ],
)
def test_firmographics_write_domains_as_people_do(folder: Path, pattern: str, least: int) -> None:
    assert delivery(folder, "firmographics_2026-11-01.csv.gz")["domain"].str.contains(pattern).sum() >= least


def test_firmographics_have_unparseable_numbers_repeated_rows_and_companies_without_data(folder: Path) -> None:
    rows = delivery(folder, "firmographics_2026-11-01.csv.gz")
    assert (rows["employees"] == "about fifty").sum() == (rows["founded_year"] == "in the nineties").sum() == 4
    assert rows.duplicated().sum() == 4
    bare = rows[(rows.drop(columns=["domain", "name"]) == "").all(axis=1)]
    assert 0.005 * ACCOUNTS < len(bare) < 0.016 * ACCOUNTS
    assert not set(plain(bare["domain"])) & set(plain(delivery(folder, "technographics_2026-11-01.csv.gz")["domain"]))
    assert not set(plain(bare["domain"])) & set(delivery(folder, "intent_2026-11-01.csv.gz")["domain"])


def test_small_companies_are_the_rule_and_the_least_known(folder: Path) -> None:
    rows = delivery(folder, "firmographics_2026-11-01.csv.gz")
    ranges = rows["employees_range"].str.removesuffix(" employees")
    shares = ranges[ranges != ""].value_counts(normalize=True)
    assert shares["1-10"] > 0.4 and shares["1-10"] > shares["11-50"] > shares["51-200"] > shares["201-500"]
    assert 0.01 < (rows["listed"] == "True").mean() < 0.06
    assert (rows["market_cap_band"] != "").sum() == (rows["listed"] == "True").sum()
    known = (rows["employees"] != "").groupby(rows["listed"]).mean()
    assert known["True"] > 2 * known["False"]


def test_a_customer_list_has_its_members_and_what_nobody_can_use(folder: Path) -> None:
    rows = delivery(folder, "lists/customers_platform.csv")
    known = truth(folder).query("is_known_platform")
    universe = set(truth(folder)["domain"])
    members = rows[plain(rows["domain"]).isin(universe)]
    assert set(plain(members["domain"])) == set(known["domain"])
    assert len(members) == len(known) + 1  # one of them twice
    since = members.assign(domain=plain(members["domain"])).drop_duplicates("domain").set_index("domain")["event_on"]
    assert since.to_dict() == known.set_index("domain")["opened_on"].astype(str).to_dict()
    others = rows[~rows.index.isin(members.index)]["domain"]
    assert [others.str.contains(kind).sum() for kind in ("^$", "no website", "192.168", "linkedin", "@", r"^[a-z]+\.[a-z.]+$")] == [
        1,
        1,
        1,
        1,
        1,
        5,
    ]


def test_the_crm_has_twins_orphans_deleted_accounts_and_websites_that_lead_nowhere(folder: Path) -> None:
    rows, deals = delivery(folder, "salesforce/accounts.csv"), delivery(folder, "salesforce/opportunities.csv")
    assert rows["Id"].is_unique and rows["Id"].str.fullmatch(r"001[0-9a-z]{12}AAA").all()
    assert set(rows["ParentId"]) - {""} <= set(rows["Id"])
    counts = {
        "twins": (rows["ParentId"] != "").sum(),
        "deleted": (rows["IsDeleted"] == "true").sum(),
        "two lines": rows["Name"].str.contains("\n").sum(),
        "orphans": (deals["AccountId"] == "").sum(),
        **{kind: rows["Website"].str.contains(kind).sum() for kind in ("^$", "no website", "linkedin", "@")},
    }
    assert {kind: count for kind, count in counts.items() if count < 5} == {}
    assert set(deals["AccountId"]) - {""} <= set(rows["Id"])
    assert (deals["IsWon"] == "true").sum() == truth(folder)[["is_known_platform", "is_known_analytics"]].to_numpy().sum()


def test_what_people_typed_into_the_crm_is_spelt_in_several_ways(folder: Path) -> None:
    accounts, deals = delivery(folder, "salesforce/accounts.csv"), delivery(folder, "salesforce/opportunities.csv")
    spellings = set(accounts["Industry"])
    assert {"Technology", "Techology", "Consulting", "Conslting"} <= spellings
    assert set(deals["Product__c"]) == {"Platform", "PLATFORM", "Analytics", "ANALYTICS"}
    days = delivery(folder, "marketing/activities.csv")["date"]
    shapes = {r"\d+/\d+/\d{4}": 0.08, r"\d+ [A-Z][a-z]{2} \d{4}": 0.08, r"\d{4}-\d\d-\d\dT09:30:00Z": 0.14, r"\d{4}-\d\d-\d\d": 0.7}
    assert {shape: days.str.fullmatch(shape).mean() for shape in shapes} == pytest.approx(shapes, abs=0.03)


def test_the_configuration_names_sets_of_the_keywords_that_are_delivered(folder: Path) -> None:
    configuration = sample.write_configuration(folder, accounts=ACCOUNTS, seed=5)
    sets = config.load(configuration, warehouse=str(folder)).keywords
    assert len(sets) == 10 and sorted(word for words in sets.values() for word in words) == sorted(KEYWORDS)


def test_what_a_deal_changes_is_dated_after_it(folder: Path) -> None:
    stack, intent = delivery(folder, "technographics_2026-11-01.csv.gz"), delivery(folder, "intent_2026-11-01.csv.gz")
    known = truth(folder).query("is_known").set_index("domain")
    used = stack[stack["product"] == "Heatlens"].assign(domain=plain(stack["domain"]))
    adopted = used[used["domain"].isin(known.index)].join(known["closed_on"].astype(str), on="domain")
    later = (adopted["first_seen"] > adopted["closed_on"]).mean()
    assert len(adopted) > 0.2 * len(known) and later > 0.85
    others = truth(folder).query("not is_known")
    assert used["domain"].isin(others["domain"]).sum() > 0.005 * len(others)  # so the product alone does not give the answer away
    signals = intent[(intent["keyword"] == "implementation partner") & intent["domain"].isin(known.index)]
    after = signals.join(known["opened_on"].astype(str), on="domain")
    assert (after["week_start"] > after["opened_on"]).mean() > 0.9
    assert intent["week_start"].max() < "2026-10-26"


@pytest.mark.parametrize(("name", "share"), [("platform", 0.03), ("analytics", 0.015)])
def test_the_truth_is_worth_learning(folder: Path, name: str, share: float) -> None:
    accounts = truth(folder)
    customers = accounts[f"is_customer_{name}"]
    assert abs(accounts[f"probability_{name}"].mean() - share) < 0.15 * share
    assert abs(customers.mean() - share) < 0.25 * share
    assert 0.5 < accounts[f"is_known_{name}"].sum() / customers.sum() < 0.7
    assert not (accounts[f"is_known_{name}"] & ~customers).any()
    # What a perfect ranking would reach on average: every account is a customer with its probability, and none with the rest.
    chance = accounts[f"probability_{name}"]
    as_customer = pd.Series([True] * len(chance) + [False] * len(chance))
    twice, weights = pd.concat([chance, chance]), pd.concat([chance, 1 - chance])
    assert 0.85 < roc_auc_score(as_customer, twice, sample_weight=weights) < 0.92


def test_hidden_quality_by_hand(spark: SparkSession) -> None:
    truth = spark.createDataFrame(
        [
            ("known.com", 0.9, True, True),
            ("hidden1.com", 0.8, True, False),
            ("hidden2.com", 0.2, True, False),
            ("other1.com", 0.3, False, False),
            ("other2.com", 0.1, False, False),
            ("unscored.com", 0.7, True, False),
        ],
        "domain string, probability_platform double, is_customer_platform boolean, is_known_platform boolean",
    )
    scores = spark.createDataFrame(
        [
            ("platform", "known.com", 9.0),
            ("platform", "hidden1.com", 1.0),
            ("platform", "hidden2.com", 2.0),
            ("platform", "other1.com", 1.0),
        ]
        + [("platform", "other2.com", -1.0), ("analytics", "other2.com", 5.0)],
        "score_name string, domain string, margin double",
    )
    # By margin: hidden2, then hidden1 and other1 tied, then other2: pairs 1 + 1 + 1/2 + 1 of 4.
    # By truth: hidden1, other1, hidden2, other2: pairs 1 + 1 + 0 + 1 of 4. The top 10 % are 0.4 accounts.
    assert sample.hidden_quality(scores, truth, "platform") == pytest.approx(
        {
            "hidden_customers": 2.0,
            "roc_auc": 0.875,
            "recall_at_1": 0.02,
            "recall_at_5": 0.1,
            "recall_at_10": 0.2,
            "truth_roc_auc": 0.75,
            "truth_recall_at_1": 0.02,
            "truth_recall_at_5": 0.1,
            "truth_recall_at_10": 0.2,
        }
    )
