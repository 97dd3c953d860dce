"""The job `publish` on a CRM of six accounts: what is sent, what is not sent again, and what is left for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import config, contracts
from qualscore.definitions.definition import Definition
from qualscore.publish.rows import SENT, Answered, Mark, Result
from qualscore.publish.targets import read
from qualscore.runs.console import Console
from qualscore.runs.run import Outcome, Run
from qualscore.stages.publish import PUBLISH
from tests.clouds.hubspot import HubspotCloud
from tests.clouds.server import Reply, running
from tests.held_tables import HeldTables
from tests.postgres import PASSWORD, USER, Postgres
from tests.postgres import running as postgres_running
from tests.small_cards import CREDENTIALS, SECRETS, settings

AS_OF = date(2026, 6, 1)
DEFINITIONS = [Definition.model_validate({"name": it, "examples": {"account_list": "won"}}) for it in ("platform", "analytics")]
# id, name, domain and scores: two of one domain, one without a score, one without a domain
CRM: list[tuple[str, str, str | None, dict[str, float]]] = [
    ("1", "Acme", "acme.com", {"platform": 97.6, "analytics": 80.2}),
    ("2", "Bolt", "bolt.com", {"analytics": 60.0}),
    ("3", "Bolt Ltd", "bolt.com", {"analytics": 60.0}),
    ("4", "=Cord", "cord.com", {"platform": 71.0}),
    ("5", "Dust", "dust.com", {}),
    ("6", "Nowhere", None, {}),
]
REASONS = {
    "platform": "For: uses Kafka; 300 employees; based in Ulm. Against: no research on cloud",
    "analytics": "Against: Retail industry",
}
MEMBERS = [("new1.com", 90.0), ("new2.com", 95.0), ("new3.com", 80.0)]
FIELDS = {it: f"qualscore_{it}" for it in ("score", "band", "reasons")}
LEFT_OUT = dict.fromkeys(
    [
        *("action", "product", "products", "intent", "advice", "trend", "scored_on"),
        *(f"{product}_{it}" for product in ("platform", "analytics") for it in ("score", "band", "reasons")),
    ]
)


def entry(name: str, score: float) -> dict[str, Any]:
    band = "highly_likely" if score >= 95 else "likely"
    action = "act_now" if score >= 90 else "qualified" if score > 75 else "good_fit" if score > 70 else None
    told = {"intent_level": "some", "advice": "nurture", "score_trend": "too_new", "is_example": False}
    told |= {"score_final": score, "final_cause": "model"}
    return {"score_name": name, "score": score, "band": band, "action": action, **told}


def tables(crm: Sequence[tuple[str, str, str | None, Mapping[str, float]]] = CRM) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    best_first = [(account, sorted((entry(*it) for it in account[3].items()), key=lambda it: -it["score"])) for account in crm]
    members = [(domain, score, "not_in_crm") for domain, score in MEMBERS] + [("acme.com", 97.6, "open_deal")]
    domains = {domain: scores for _, _, domain, scores in crm if domain} | {domain: {"platform": score} for domain, score, _ in members}
    return {
        "scores/crm_account_scores": [
            {"account_id": it[0], "company_name": it[1], "domain": it[2], "scores": scores, "as_of_on": AS_OF} for it, scores in best_first
        ],
        "scores/account_scores": [
            {"score_name": name, "domain": domain, "top_factors": REASONS[name]} for domain, scores in domains.items() for name in scores
        ],
        "scores/fit_intent": [{"domain": domain, **entry("platform", score)} for domain, score, _ in members],
        "scores/account_segments": [
            {"segment_name": "best", "domain": it[0], "company_name": it[0].title(), "crm_state": it[2], "origin": "condition"}
            for it in members
        ],
    }  # fmt: skip


@pytest.fixture
def store(spark: SparkSession, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> HeldTables:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    held = HeldTables(spark, str(warehouse))
    hold(held, tables())
    return held


@pytest.fixture
def cloud() -> Iterator[HubspotCloud]:
    with running(HubspotCloud(records={it[0]: {} for it in CRM})) as it:
        yield it  # type: ignore[misc]


def hold(held: HeldTables, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for name, of_table in rows.items():
        held.replace(name, contracts.load(name).rows(held.spark, of_table))


def hubspot(cloud: HubspotCloud, **values: Any) -> dict[str, Any]:
    credentials = {"credentials": CREDENTIALS | {"refresh_token_env": "QS_REFRESH_TOKEN"}, "fields": LEFT_OUT}
    return settings(**{"name": "hub", "type": "hubspot", "url": cloud.url, "most_wait": 0, **credentials, **values})


def run_of(store: HeldTables, *contents: Mapping[str, Any], day: int = 1, **options: Any) -> Run:
    given = SimpleNamespace(**{"dry_run": False, "as_of": None, "target": [], "all": False, **options})
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    targets = [read(it, Path("t.yml")) for it in contents]
    started = datetime(2026, 6, day, tzinfo=UTC)
    settings_of_run = config.load(None, warehouse=store.warehouse)
    run = Run(f"run{day}", started, AS_OF, given, settings_of_run, DEFINITIONS, store, ("", None), console, "publish")
    return replace(run, targets=targets)


def published(run: Run) -> Outcome:
    outcome = PUBLISH.work(run)
    assert isinstance(outcome, Outcome)
    return outcome


def test_what_changed_is_sent_once_and_what_is_refused_goes_again(store: HeldTables, cloud: HubspotCloud) -> None:
    """Five publishes: all; nothing; what changed; a failure, that a table tells of; that again."""
    acme = {"qualscore_score": "97", "qualscore_band": "Highly Likely", "qualscore_reasons": "uses Kafka; 300 employees; based in Ulm"}
    bolt = {"qualscore_score": "60", "qualscore_band": "Likely", "qualscore_reasons": ""}
    outcome = published(run_of(store, hubspot(cloud)))
    assert (outcome.sentence, outcome.warnings, outcome.as_of) == ("hub: 4 of 4 changed rows sent", [], AS_OF)
    assert cloud.records == {
        "1": acme,
        "2": bolt,
        "3": bolt,
        "4": acme | {"qualscore_score": "71", "qualscore_band": "Likely"},
        "5": {},
        "6": {},
    }

    assert published(run_of(store, hubspot(cloud), day=2)).sentence == "hub: 0 of 0 changed rows sent"
    without = [(*it[:3], {} if it[0] == "4" else it[3]) for it in CRM[:5]]
    hold(store, tables([without[0], *without[2:]]))
    assert published(run_of(store, hubspot(cloud), day=3)).counts == {
        "hub_sent": 1, "hub_created": 0, "hub_failed": 0, "hub_to_send": 1, "hub_to_create": 0, "hub_to_empty": 1
    }  # fmt: skip
    assert cloud.records["4"] == dict.fromkeys(acme, "")
    assert cloud.writes == {"1": 1, "2": 1, "3": 1, "4": 2}

    del cloud.records["4"]
    hold(store, tables())
    outcome = published(run_of(store, hubspot(cloud), day=4))
    assert outcome.warnings[0].startswith("hub: 1 rows failed, such as 4: OBJECT_NOT_FOUND Could not get some objects")
    failures = [tuple(it) for it in store.read("publish/failed_rows").select("target", "key", "domain", "code", "run_id").collect()]
    assert failures == [("hub", "4", "cord.com", "OBJECT_NOT_FOUND", "run4")]
    cloud.records["4"] = {}
    assert published(run_of(store, hubspot(cloud), day=5)).counts["hub_sent"] == 1
    assert (store.read("publish/failed_rows").count(), store.read("publish/sent_rows").count()) == (0, 4)
    assert published(run_of(store, hubspot(cloud), day=6, dry_run=True, all=True)).counts["hub_to_send"] == 4

    folder = Path(store.warehouse) / "publish" / "hub"
    manifest = json.loads((folder / "run4" / "manifest.json").read_text())
    assert (manifest["outcomes"], manifest["failures_by_code"], manifest["place"]) == ({"failed": 1}, {"OBJECT_NOT_FOUND": 1}, cloud.url)
    assert "| `qualscore_score` | number |" in (folder / "recipe.md").read_text()
    assert list((folder / "journal").glob("*.json")) == []


def test_a_publish_that_fails_half_way_and_one_that_was_killed_are_completed(store: HeldTables, cloud: HubspotCloud) -> None:
    """One batch of a record each: two are confirmed, then the server is busy; and one was confirmed to a process that died then."""
    store.read("scores/crm_account_scores")
    cloud.fail("batch/update", Reply(503), skip=2)
    run = run_of(store, hubspot(cloud, batch=1))
    assert published(run).exit_code == 1
    assert "hub: http://127.0.0.1" in run.console.progress.getvalue() and cloud.writes == {"1": 1, "2": 1}  # type: ignore[attr-defined]

    target = run_of(store, hubspot(cloud, batch=1), dry_run=True, day=2)
    assert published(target).counts["hub_to_send"] == 2
    lines = target.console.results.getvalue().splitlines()  # type: ignore[attr-defined]
    assert json.loads(lines[1]) == {"record": "3", "qualscore_score": 60, "qualscore_band": "Likely", "qualscore_reasons": None}
    folder = Path(store.warehouse) / "publish" / "hub" / "journal"
    (hash_of_3,) = [it["row_hash"] for it in store.read("publish/sent_rows").where("key = '2'").collect()]
    answered = Answered([Result(Mark("3", "bolt.com", hash_of_3), SENT)])
    (folder / "dead-000000.json").write_text(json.dumps({"job": None, "results": answered.results}))
    (folder / "dead-000001.json").write_text('{"job": null, "resul')

    assert published(run_of(store, hubspot(cloud, batch=1), day=3)).counts["hub_to_send"] == 1
    assert cloud.writes == {"1": 1, "2": 1, "4": 1}


def test_new_records_are_those_of_a_segment_and_never_more_than_said(store: HeldTables, cloud: HubspotCloud) -> None:
    """The two best of three; the next day the CRM has delivered one of them back, so that a third may be made."""
    new = {"new_records": {"segment": "best", "most": 2, "key": "qualscore_domain"}}
    published(run_of(store, hubspot(cloud, **new)))
    assert [(it["name"], it["domain"]) for it in cloud.records.values() if "domain" in it] == [
        ("New1.Com", "new1.com"),
        ("New2.Com", "new2.com"),
    ]
    assert published(run_of(store, hubspot(cloud, **new), day=2)).counts["hub_to_send"] == 0
    rows = tables([*CRM, ("9006", "New1", "new1.com", {"platform": 90.0})])
    left = [it for it in rows["scores/account_segments"] if it["domain"] != "new1.com"]
    hold(store, {**rows, "scores/account_segments": left})
    outcome = published(run_of(store, hubspot(cloud, **new), day=3))
    assert (outcome.counts["hub_to_create"], outcome.counts["hub_sent"], outcome.counts["hub_created"]) == (1, 1, 1)
    assert [it["domain"] for it in cloud.records.values() if "domain" in it] == ["new1.com", "new2.com", "new3.com"]


def test_reverse_etl_reads_a_table_whose_rows_change_when_they_say_something_else(store: HeldTables) -> None:
    """The second time a score changed, one was lost, and one account left the CRM."""
    target = {"name": "etl", "type": "reverse_etl"}
    assert published(run_of(store, target)).sentence == "etl: 4 rows changed, 0 tombstones"
    first = {it["key"]: it.asDict() for it in store.read("publish/reverse_etl").collect()}
    assert {name: first["1"][name] for name in ("domain", "score", "product", "products", "intent", "trend", "is_deleted")} == {
        "domain": "acme.com", "score": 97, "product": "platform", "products": "platform 97 (Act Now), analytics 80 (Qualified)",
        "intent": "Some", "trend": "Too New", "is_deleted": False,
    }  # fmt: skip
    later = [CRM[0], ("2", "Bolt", "bolt.com", {"analytics": 61.0}), ("4", "=Cord", "cord.com", {})]
    hold(store, tables(later))
    assert published(run_of(store, target, day=2)).sentence == "etl: 1 rows changed, 2 tombstones"
    rows = store.read("publish/reverse_etl").orderBy("key").select("key", "domain", "score", "is_deleted", "changed_at").collect()
    assert [(it[0], it[1], it[2], it[3], it[4].day) for it in rows] == [
        ("1", "acme.com", 97, False, 1),
        ("2", "bolt.com", 61, False, 2),
        ("3", None, None, True, 2),
        ("4", None, None, True, 2),
    ]
    assert published(run_of(store, target, day=3)).sentence == "etl: 0 rows changed, 0 tombstones"
    manifests = sorted(Path(store.warehouse).glob("publish/etl/*/manifest.json"))
    assert [json.loads(it.read_text())["counts"] for it in manifests] == [{"sent": 4, "deleted": 0}, {"sent": 1, "deleted": 2}]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_running() as server:
        server.sql(f"CREATE SCHEMA crm; GRANT ALL ON SCHEMA crm TO {USER};")
        yield server


def test_a_table_of_postgresql_is_made_and_kept_up_to_date(
    store: HeldTables, postgres: Postgres, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server refuses one row; then a score changed, and two accounts left the CRM."""
    monkeypatch.setenv("CRM_USER", USER)
    monkeypatch.setenv("CRM_PASSWORD", PASSWORD)
    jdbc = {"url": postgres.url, "table": "crm.account_scores", "user_env": "CRM_USER", "password_env": "CRM_PASSWORD"}
    target = {"name": "db", "type": "postgresql", "jdbc": jdbc}

    def held() -> list[tuple[Any, ...]]:
        login = {"user": USER, "password": PASSWORD, "driver": "org.postgresql.Driver"}
        columns = ("account_id", "company_name", "score", "band", "platform_score", "scored_on")
        table = spark.read.format("jdbc").options(url=postgres.url, dbtable="crm.account_scores", **login).load()
        return [tuple(it) for it in table.orderBy("account_id").select(*columns).collect()]

    postgres.sql(
        "CREATE TABLE crm.account_scores (account_id text PRIMARY KEY, score integer CHECK (score <> 71)); "
        f"ALTER TABLE crm.account_scores OWNER TO {USER};"
    )
    outcome = published(run_of(store, target))
    assert (outcome.counts["db_sent"], outcome.counts["db_failed"]) == (3, 1)
    assert '4: 23514 ERROR: new row for relation "account_scores" violates check constraint' in outcome.warnings[0]
    expected = [
        ("1", "Acme", 97, "Highly Likely", 97, AS_OF),
        ("2", "Bolt", 60, "Likely", None, AS_OF),
        ("3", "Bolt Ltd", 60, "Likely", None, AS_OF),
    ]
    assert held() == expected

    postgres.sql("ALTER TABLE crm.account_scores DROP CONSTRAINT account_scores_score_check;")
    hold(store, tables([CRM[0], ("2", "Bolt", "bolt.com", {"analytics": 61.0}), CRM[3]]))
    assert published(run_of(store, target, day=2)).counts["db_sent"] == 3
    assert held() == [
        expected[0],
        ("2", "Bolt", 61, "Likely", None, AS_OF),
        ("3", None, None, None, None, None),
        ("4", "'=Cord", 71, "Likely", 71, AS_OF),
    ]


def test_marketo_has_one_record_for_a_domain_and_a_dry_run_asks_nobody(store: HeldTables) -> None:
    target = settings(name="mas", type="marketo", url="https://mas.example", object="qualscore_c", scores=["analytics"])
    run = run_of(store, target, dry_run=True)
    assert published(run).counts == {"mas_to_send": 2, "mas_to_create": 0, "mas_to_empty": 0}
    lines = run.console.results.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [json.loads(it)["record"] for it in lines[1:]] == ["acme.com", "bolt.com"]
    assert json.loads(lines[1])["analyticsScore"] == 80 and not store.exists("publish/sent_rows")


def test_what_people_have_set_goes_in_place_of_the_models_score(store: HeldTables) -> None:
    """One that is never to be called, and one that always is; band, action and advice follow."""
    rows = tables()
    for row, final, cause in (
        (rows["scores/crm_account_scores"][0], 0.0, "override_never"),
        (rows["scores/crm_account_scores"][1], 100.0, "override_always"),
    ):
        row["scores"][0] |= {"score_final": final, "final_cause": cause}
        row["scores"].sort(key=lambda it: -it["score_final"])
    hold(store, rows)
    published(run_of(store, {"name": "etl", "type": "reverse_etl"}))
    columns = ("key", "score", "band", "action", "product", "advice", "reasons")
    sent = [tuple(it) for it in store.read("publish/reverse_etl").where("key < '3'").orderBy("key").select(*columns).collect()]
    by_people = "set by people in place of the model's score"
    assert sent == [
        ("1", 80, "Likely", "Qualified", "analytics", "Nurture", None),
        ("2", 100, "Highly Likely", "Act Now", "analytics", "Nurture", by_people),
    ]
