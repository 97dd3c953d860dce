"""The stage `score`: several scores in one pass, and what it says has changed since the run before."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import config, contracts
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.learning.training import Trained
from qualscore.model.lifecycle.registry import Registry
from qualscore.reports.house.words import percent
from qualscore.runs.console import Console
from qualscore.runs.main import _run_together
from qualscore.runs.run import Run
from qualscore.stages.compare import COMPARE
from qualscore.stages.models import locked
from qualscore.stages.nearest import write_nearest
from qualscore.stages.promote import PROMOTE
from qualscore.stages.rollback import ROLLBACK
from qualscore.stages.score import SCORE
from qualscore.stages.summary import summarise
from qualscore.storage.tables import StagedSlice
from tests.small_universe import AS_OF, DEFINITION, Universe

FEATURES, HISTORY = "features/account_features", "scores/score_history"
SCORES, UNSCORED = "scores/account_scores", "scores/unscored_accounts"
KEPT = ["domain", "change", "cause", "band_before", "band"]


@dataclass
class Warehouse:
    """A warehouse with features and a champion, and runs of the stage on it."""

    run: Run
    trained: Trained
    number: int = 0

    def register(self, trained: Trained, *, serves: bool = True) -> None:
        uri, artifacts = self.run.store
        judged = JudgedModel(trained.model, trained.counts, {}, [])
        Registry(uri, artifacts).register(judged, as_of=AS_OF, inputs={}, serves=serves)

    def score(self, *definitions: Definition) -> list[int]:
        """One run; returns the exit codes."""
        self.number += 1
        self.run = replace(self.run, run_id=f"run{self.number}", definitions=definitions, started_at=datetime.now(UTC))
        return _run_together(self.run, SCORE, None, definitions)

    def table(self, name: str) -> pd.DataFrame:
        return self.run.tables.read(name).toPandas()

    def changes(self) -> pd.DataFrame:
        """What the last run added to the history."""
        if not self.run.tables.exists(HISTORY):
            return pd.DataFrame(columns=KEPT)
        return self.run.tables.read(HISTORY).where(F.col("run_id") == self.run.run_id).toPandas().sort_values("domain", ignore_index=True)


def _warehouse(spark: SparkSession, trained: Trained, folder: Path, store: Path) -> Warehouse:
    from qualscore.storage.tables import Tables

    settings = config.load(None, warehouse=str(folder / "warehouse"))
    tables = Tables(spark, settings.warehouse)
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    options = SimpleNamespace(dry_run=False, as_of=None, accept_changes=True)
    uris = (f"sqlite:///{store / 'mlflow.db'}", (store / "artifacts").as_uri())
    day_of_the_run = AS_OF + timedelta(days=9)  # later than the features'
    return Warehouse(Run("", datetime.now(UTC), day_of_the_run, options, settings, [], tables, uris, console), trained)


@pytest.fixture(scope="module")
def once_scored(spark: SparkSession, universe: Universe, trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse after its first run."""
    folder = tmp_path_factory.mktemp("once scored")
    warehouse = _warehouse(spark, trained, folder, folder)
    warehouse.run.tables.replace("clean/account_lists", universe.account_lists)
    warehouse.run.tables.replace(FEATURES, universe.today())
    warehouse.register(trained)
    assert warehouse.score(DEFINITION) == [0]
    return folder


@pytest.fixture
def scored(spark: SparkSession, trained: Trained, once_scored: Path, tmp_path: Path) -> Warehouse:
    """A copy of it, for one test."""
    shutil.copytree(once_scored / "warehouse", tmp_path / "warehouse")
    shutil.copy(once_scored / "mlflow.db", tmp_path)
    return replace(_warehouse(spark, trained, tmp_path, tmp_path), number=1)


def with_bands(**bands: float) -> Definition:
    return Definition.model_validate(DEFINITION.model_dump(by_alias=True, exclude_none=True) | {"bands": bands})


def change_features(scored: Warehouse, domain: str, **columns: object) -> None:
    is_it = F.col("domain") == domain
    features = scored.run.tables.read(FEATURES)
    changed = {
        name: F.when(is_it, F.lit(value).cast(features.schema[name].dataType)).otherwise(F.col(name)) for name, value in columns.items()
    }
    scored.run.tables.replace(FEATURES, features.withColumns(changed).localCheckpoint())


def test_the_history_of_a_score(scored: Warehouse) -> None:
    """Nothing at first and when nothing changed; then data, rule, model and both, each account with its own cause."""
    assert not scored.run.tables.exists(HISTORY)
    assert scored.score(DEFINITION) == [0]
    assert scored.changes().empty

    scores = scored.table("scores/account_scores").set_index("domain")
    chosen = scores[(scores.score > 60) & (scores.score < 90)].index[0]
    change_features(scored, chosen, country=None, industry=None, city=None)
    assert scored.score(DEFINITION) == [0]
    (only,) = scored.changes().to_dict("records")
    assert (only["domain"], only["change"], only["cause"]) == (chosen, "changed", "data")
    assert only["score_before"] == scores.loc[chosen].score > 60 > only["score"]
    assert only["model_version_before"] == only["model_version"] == 1

    moved = scored.table("scores/account_scores").query("60 <= score < 95")
    assert scored.score(with_bands(highly_likely=60)) == [0]
    changes = scored.changes()
    assert sorted(changes.domain) == sorted(moved.domain) and set(changes.cause) == {"rule"}
    assert set(changes.band_before) == {"likely"} and set(changes.band) == {"highly_likely"}

    steeper = replace(scored.trained.model.calibration, slope=scored.trained.model.calibration.slope * 1.5)
    before = scored.table("scores/account_scores").set_index("domain")
    scored.register(replace(scored.trained, model=replace(scored.trained.model, calibration=steeper)))
    told = stopped_beside_another(scored, with_bands(highly_likely=60))
    assert scored.score(with_bands(highly_likely=60)) == [0]
    after = scored.table("scores/account_scores").query("score_name == 'small'").set_index("domain").loc[before.index]
    differs = (before.band != after.band) | (before.score // 1 != after.score // 1)
    changes = scored.changes()
    assert sorted(changes.domain) == sorted(before.index[differs]) and 0 < len(changes) < len(before)
    assert set(changes.cause) == {"model"} and set(changes.model_version) == {2}
    moved = (before.band != after.band).sum()
    assert told == (percent(moved / 1_995).split()[0], str(moved))
    assert f"score small: {moved} of 1,995 accounts change band (model {moved}): " in said_by(scored)


def stopped_beside_another(scored: Warehouse, definition: Definition) -> tuple[str, ...]:
    """More accounts would change band than may: nothing of the score is published, and another one is.

    Returns:
        The share and the number of accounts that are told.
    """
    accepting, other = scored.run, DEFINITION.model_copy(update={"name": "other"})
    scored.register(replace(scored.trained, model=replace(scored.trained.model, definition=other)))
    before = {name: by_domain(scored.table(name)) for name in (SCORES, UNSCORED, "scores/top_accounts")}
    asking = SimpleNamespace(dry_run=False, as_of=None, accept_changes=False)
    scored.run = replace(accepting, options=asking, settings=accepting.settings.model_copy(update={"most_movers": 0.01}))
    assert scored.score(other, definition) == [0, 9]
    for name, rows in before.items():
        now = scored.table(name)
        pd.testing.assert_frame_equal(by_domain(now[now.score_name == "small"]), rows)
        assert (now.score_name == "other").sum() == len(rows)
    assert scored.changes().empty
    scored.run = replace(accepting, run_id=scored.run.run_id)
    share, number = r"small: (\S+)\s% of its accounts would change band, .*\n", r"  (\d+) of 1,995 accounts change band .*\n"
    (told,) = re.findall(rf"{share}{number}  furthest: .*\n  If that is meant: ", said_by(scored))
    return tuple(told)


def said_by(scored: Warehouse) -> str:
    return str(scored.run.console.progress.getvalue())  # type: ignore[attr-defined]


def test_accounts_that_come_and_go_have_their_causes(scored: Warehouse) -> None:
    """Data, unless it is the exclusions that were changed."""
    open_to_all = DEFINITION.model_copy(update={"exclude": None})
    change_features(scored, "company100.com", has_data=False)
    assert scored.score(open_to_all) == [0]
    changes = {row["domain"]: (row["change"], row["cause"]) for row in scored.changes().to_dict("records")}
    assert changes == {"company100.com": ("gone", "data")} | {f"company{i}.com": ("new", "rule") for i in range(5)}

    change_features(scored, "company100.com", has_data=True)
    assert scored.score(DEFINITION) == [0]
    changes = {row["domain"]: (row["change"], row["cause"]) for row in scored.changes().to_dict("records")}
    assert changes == {"company100.com": ("new", "data")} | {f"company{i}.com": ("gone", "rule") for i in range(5)}


def test_a_run_that_dies_before_its_last_commit_leaves_the_old_scores(scored: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """All other tables are the new run's then; the next one compares with the scores that there are, and takes back what was not to be."""
    before = scored.table(SCORES)
    change_features(scored, "company7.com", has_data=False)
    with monkeypatch.context() as broken:
        broken.setattr(StagedSlice, "commit", _fail_before_scores)
        assert scored.score(DEFINITION) == [1]
    pd.testing.assert_frame_equal(by_domain(scored.table(SCORES)), by_domain(before))
    assert set(scored.table("scores/top_accounts").run_id) == {"run2"} and "company7.com" in set(scored.table(UNSCORED).domain)
    assert list(scored.changes().domain) == ["company7.com"]
    assert scored.score(DEFINITION) == [0]
    (only,) = scored.table(HISTORY).to_dict("records")
    assert (only["domain"], only["change"], only["run_id"]) == ("company7.com", "gone", "run3")
    assert "company7.com" not in set(scored.table(SCORES).domain)


def test_the_history_needs_no_former_version(scored: Warehouse) -> None:
    """The tables were rewritten since the last run, and what it left was removed."""
    spark, tables = scored.run.spark, scored.run.tables
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    for name in (SCORES, UNSCORED):
        tables.replace(name, tables.read(name).localCheckpoint())
        spark.sql(f"VACUUM {tables.identifier(name)} RETAIN 0 HOURS")
    change_features(scored, "company7.com", has_data=False)
    assert scored.score(DEFINITION.model_copy(update={"exclude": None})) == [0]
    changes = {row["domain"]: (row["change"], row["cause"]) for row in scored.changes().to_dict("records")}
    assert changes == {"company7.com": ("gone", "data")} | {f"company{i}.com": ("new", "rule") for i in range(5)}


def test_after_a_rollback_the_scores_are_the_former_ones(scored: Warehouse) -> None:
    """All columns but those of the run, on the same features."""
    of_the_run, before = ["run_id", "scored_at"], by_domain(scored.table(SCORES))
    steeper = replace(scored.trained.model.calibration, slope=scored.trained.model.calibration.slope * 1.5)
    scored.register(replace(scored.trained, model=replace(scored.trained.model, calibration=steeper)))
    assert scored.score(DEFINITION) == [0] and set(scored.table(SCORES).model_version) == {2}
    assert ROLLBACK.work(scored.run, DEFINITION).model_version == 1
    assert scored.score(DEFINITION) == [0]
    pd.testing.assert_frame_equal(
        by_domain(scored.table(SCORES)).drop(columns=of_the_run), before.drop(columns=of_the_run), check_exact=True
    )


def test_a_score_that_another_run_changes_is_left_alone_and_the_others_are_free(scored: Warehouse) -> None:
    other = DEFINITION.model_copy(update={"name": "other"})
    scored.register(replace(scored.trained, model=replace(scored.trained.model, definition=other)))
    with locked(scored.run, "small"):
        assert scored.score(DEFINITION, other) == [5, 0]
    assert scored.score(DEFINITION) == [0]


def test_what_a_challenger_would_change_is_what_its_promotion_changes(scored: Warehouse, universe: Universe) -> None:
    for table in ("firmographics", "technographics"):
        scored.run.tables.replace(f"clean/{table}", getattr(universe, table))
    steeper = replace(scored.trained.model.calibration, slope=scored.trained.model.calibration.slope * 1.5)
    scored.register(replace(scored.trained, model=replace(scored.trained.model, calibration=steeper)), serves=False)
    options, console = SimpleNamespace(dry_run=False, as_of=None, score=[], all=True, force=False), scored.run.console
    scored.run = replace(scored.run, options=options, console=replace(console, results=StringIO(), as_json=True))
    COMPARE.work(scored.run, DEFINITION)
    told = json.loads(scored.run.console.results.getvalue())  # type: ignore[attr-defined]
    everywhere, sample = told["places"]["universe"], told["places"]["evaluation"]
    customers = scored.table(SCORES).is_example.sum()
    assert (everywhere["accounts"], sample["accounts"]) == (1_995, 1_995 - customers) and "crm" not in told["places"]
    assert (told["champion"], told["challenger"], told["against"], told["expect"]["champion"]) == (1, 2, [], [])
    assert told["gate"]["roc_auc"][0] == told["gate"]["roc_auc"][1] > 0.8
    assert {it["cause"] for it in everywhere["causes"]} == {"calibration"} and 0 < everywhere["changed"] < 1_000

    assert PROMOTE.work(scored.run, DEFINITION).model_version == 2
    assert scored.score(DEFINITION) == [0]
    changes = scored.changes()
    moved = changes[changes.band != changes.band_before]
    assert len(moved) == everywhere["changed"]
    pairs = moved.groupby(["band_before", "band"]).size().to_dict()
    assert {(it["from"], it["to"]): it["accounts"] for it in everywhere["bands"] if it["from"] != it["to"]} == pairs
    furthest = (moved.score - moved.score_before).abs().max()
    assert abs(told["movers"][0]["after"] - told["movers"][0]["before"]) == pytest.approx(furthest)


def test_the_best_accounts_are_set_beside_the_customers_that_they_are_most_like(scored: Warehouse) -> None:
    """By the version that scored them, whoever serves now; of one score, and again without change."""
    steeper = replace(scored.trained.model.calibration, slope=scored.trained.model.calibration.slope * 1.5)
    scored.register(replace(scored.trained, model=replace(scored.trained.model, calibration=steeper)))
    assert write_nearest(scored.run, [DEFINITION]) == 1_995
    tables, nearest = scored.run.tables, "scores/nearest_customers"
    of_another = tables.read(nearest).limit(1).withColumn("score_name", F.lit("gone")).localCheckpoint()
    tables.replace(nearest, of_another, where="score_name = 'gone'")  # a score that is defined no more
    assert write_nearest(scored.run, [DEFINITION]) == 1_995
    rows, scores = scored.table("scores/nearest_customers"), scored.table(SCORES)
    assert len(rows) == 3 * 1_995 and rows.groupby("domain")["rank"].agg(tuple).map(sorted).map(tuple).unique().tolist() == [(1, 2, 3)]
    assert set(rows.customer_domain) <= set(scores.domain[scores.is_example]) and (rows.domain != rows.customer_domain).all()
    assert set(rows.model_version) == {1} and set(rows.run_id) == {scored.run.run_id}


def test_a_page_says_what_came_out(scored: Warehouse) -> None:
    tables, spark = scored.run.tables, scored.run.spark
    tables.replace("clean/accounts", contracts.load("clean/accounts").rows(spark, [{"domain": "a.com", "sources": ["crm"]}]))
    cell = {"score_name": "small", "industry": "x", "country": "x", "size": "unknown", "high_intent_accounts": 0, "as_of_on": AS_OF}
    cells = [("highly_likely", "customer", 3), ("likely", "customer", 4), ("highly_likely", "not_in_crm", 5), ("unscored", "not_in_crm", 6)]
    market = [cell | {"band": band, "crm_state": state, "accounts": number} for band, state, number in cells]
    tables.replace("scores/market", contracts.load("scores/market").rows(spark, market))
    options = SimpleNamespace(config=Path("own.yml"), warehouse=None, sample=False, verbose=False)
    run = replace(scored.run, definitions=[DEFINITION], options=options, job="pipeline")
    pages = []
    for as_json in (False, True):
        console = Console(StringIO(), StringIO(), as_json, datetime.now(UTC))
        summarise(replace(run, console=console))
        pages.append(console.results.getvalue().splitlines())  # type: ignore[attr-defined]
    text, scores = pages[0], scored.table(SCORES)
    best = scores[~scores.is_example].sort_values(["margin", "domain"], ascending=[False, True]).head(10)
    assert [line.split("  ")[0] for line in text if line.endswith(tuple(f"{it:.2f}" for it in best.score))] == [
        f"{it.company_name} ({it.domain})" for it in best.itertuples()
    ]
    bands = scores.band.value_counts()
    (line,) = (it for it in text if it.startswith("small  –"))
    numbers = [scores.is_example.sum(), bands["highly_likely"], bands["likely"], bands["unlikely"], 5]
    assert [it for it in line.split()[2:] if it != "–"] == [f"{it:,}" for it in numbers]
    assert [it.split()[-2:] for it in text if it.startswith(("customers  ", "not in the CRM  "))] == [["7", "3"], ["11", "5"]]
    assert "No score: EXCLUDED 5. scores/unscored_accounts lists them." in text
    assert f"./spark-submit.sh account {best.domain.iloc[0]} --config own.yml" in text
    universe, only = map(json.loads, pages[1])
    assert universe == {"accounts": 1} and (only["score_name"], only["unscored"], only["hidden"]) == ("small", {"EXCLUDED": 5}, {})
    assert [it["domain"] for it in only["best"]] == list(best.domain)


def by_domain(scores: pd.DataFrame) -> pd.DataFrame:
    return scores.sort_values("domain", ignore_index=True)


COMMIT = StagedSlice.commit


def _fail_before_scores(staged: StagedSlice, only: Sequence[str] | None = None) -> None:
    if staged._name == SCORES:
        raise RuntimeError("the machine was switched off")
    COMMIT(staged, only)


def test_scores_in_one_pass_are_those_of_the_models_alone(scored: Warehouse, scores: pd.DataFrame) -> None:
    """Each with its own exclusions; one without a model fails alone."""
    other = DEFINITION.model_copy(update={"name": "other", "exclude": None})
    scored.register(replace(scored.trained, model=replace(scored.trained.model, definition=other)))
    missing = DEFINITION.model_copy(update={"name": "missing"})
    assert scored.score(missing, other, DEFINITION) == [ConfigurationError.exit_code, 0, 0]
    together = scored.table("scores/account_scores")
    partners = [f"company{i}.com" for i in range(5)]
    of_the_run = ["score_name", "model_version", "run_id", "scored_at"]
    for name, expected in {"other": scores, "small": scores.drop(partners)}.items():
        own = together[together.score_name == name].set_index("domain").sort_index()
        pd.testing.assert_frame_equal(own.drop(columns=of_the_run), expected.drop(columns=of_the_run), check_exact=True)
    unscored = scored.table("scores/unscored_accounts")
    assert sorted(unscored.domain) == partners and set(unscored.score_name) == {"small"} and set(unscored.reason) == {"EXCLUDED"}
    best = scored.table("scores/top_accounts").sort_values(["score_name", "rank"])
    assert list(best.domain) == list(together.sort_values(["score_name", "margin", "domain"], ascending=[True, False, True]).domain)
    # Without deliveries: where all are null, Spark writes the lists within them without offsets, and pyarrow dies of reading those.
    runs = scored.run.tables.read("scores/score_runs").drop("deliveries").where("run_id = 'run2'").toPandas().set_index("score_name")
    assert runs.exit_code.to_dict() == {"missing": 2, "other": 0, "small": 0}
    assert set(runs.loc[["other", "small"]].as_of_on) == {AS_OF}
    assert dict(runs.loc["small"].counts) == {"scored": 1_995, "unscored": 5}
