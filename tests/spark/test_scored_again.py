"""Scores made again: those of a former run, which are what they were, and those of what is not so, which nobody has written.

And models that should be made again.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, DataError, NotReproduced, RetrainingDue
from qualscore.features.firmographic import FIRMOGRAPHIC_VALUES, with_inputs
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.runs.run import Run
from qualscore.stages import simulate as simulating
from qualscore.stages.models import registry_of
from qualscore.stages.profiles import PROFILE, profile_of
from qualscore.stages.retrain import RETRAIN, check_due
from qualscore.stages.verify import verify
from tests.small_universe import AS_OF, DEFINITION
from tests.spark.test_score import FEATURES, SCORES, Warehouse, by_domain, change_features, once_scored, scored, with_bands

__all__ = ["once_scored", "scored"]  # fixtures


def asked(run: Run, /, **options: Any) -> Run:
    return replace(run, options=SimpleNamespace(**{"dry_run": False, "as_of": None, "score": []} | options))


def content(folder: Path) -> dict[str, bytes]:
    return {str(it.relative_to(folder)): it.read_bytes() for it in sorted(folder.rglob("*")) if it.is_file()}


FINAL = ["score_final", "final_cause"]


def with_overrides(scored: Warehouse) -> None:
    """A run after people have set scores, of a warehouse that knew none; then they change their minds."""
    tables, contract = scored.run.tables, contracts.load("clean/overrides")
    before = by_domain(scored.table(SCORES))
    assert set(before.final_cause) == {"model"} and (before.score_final == before.score).all()
    of_an_earlier_version = tables.read(SCORES).drop(*FINAL).localCheckpoint().write.format("delta").mode("overwrite")
    of_an_earlier_version.option("overwriteSchema", "true").partitionBy("score_name", "band").save(f"{tables.warehouse}/{SCORES}")
    rows = [
        {"domain": "company10.com", "score_final": 100, "decision": "always"},
        {"domain": "company12.com", "score_name": "small", "score_final": 12.5, "expires_on": AS_OF},
        {"domain": "company11.com", "score_final": 50, "expires_on": AS_OF - timedelta(days=1)},
        {"domain": "company1.com", "score_final": 0, "decision": "never"},  # a partner
        {"domain": "company7.com", "score_final": 1},
        {"domain": "nobody.com", "score_final": 0, "decision": "never"},
        {"domain": "company10.com", "score_name": "smal", "score_final": 1},
    ]
    tables.replace("clean/overrides", contract.rows(scored.run.spark, rows))
    assert scored.score(with_bands(highly_likely=60)) == [0]
    tables.replace("clean/overrides", contract.rows(scored.run.spark, rows[3:]))
    after = by_domain(scored.table(SCORES))
    same = [name for name in after.columns if name not in (*FINAL, "band", "run_id", "scored_at")]
    pd.testing.assert_frame_equal(after[same], before[before.domain != "company7.com"][same].reset_index(drop=True), check_exact=True)
    assert ((after.band == "highly_likely") == (after.score >= 60)).all()
    by_people = after[after.final_cause != "model"].set_index("domain")[FINAL]
    assert by_people.to_dict("index") == {
        "company10.com": {"score_final": 100.0, "final_cause": "override_always"},
        "company12.com": {"score_final": 12.5, "final_cause": "override_score"},
    }
    pd.testing.assert_frame_equal(scored.table("scores/top_accounts").set_index("domain").loc[by_people.index, FINAL], by_people)
    said = scored.run.console.progress.getvalue()  # type: ignore[attr-defined]
    assert "warning: overrides: there is no score smal (1); the scores are small\n" in said
    lost = "company1.com (EXCLUDED), company7.com (NO_DATA), nobody.com (no such account)"
    assert f"warning: small: 3 override(s) of accounts without a score change nothing: {lost}\n" in said
    assert "1,994 accounts scored, 6 without a score, 2 with an override" in said


def test_a_former_run_is_verified_by_a_scan_of_what_it_wrote(scored: Warehouse) -> None:
    """Also after other features were scored since, and with the overrides of then; a score that somebody has changed is named."""
    change_features(scored, "company7.com", has_data=False)
    with_overrides(scored)
    for run_id, number in (("run1", 1_995), ("run2", 1_994)):
        assert verify(asked(scored.run, run=run_id)).counts == {"verified": number}

    tables = scored.run.tables
    touched = tables.read(SCORES).localCheckpoint()
    changed = F.when(F.col("domain") == "company9.com", F.lit(12.34)).otherwise(F.col("score"))
    tables.replace(SCORES, touched.withColumn("score", changed).where("domain <> 'company8.com'"))
    version, (record,) = tables.version(SCORES), [row for row in _runs(scored) if row["run_id"] == "run2"]
    moved = record | {"outputs": dict(record["outputs"]) | {SCORES: version}, "run_id": "touched"}
    tables.append("scores/score_runs", contracts.load("scores/score_runs").rows(scored.run.spark, [moved]))
    with pytest.raises(NotReproduced, match=r"small: 2 of 1,993 accounts of run touched differ") as differs:
        verify(asked(scored.run, run="touched"))
    told = str(differs.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in told] == ["company8.com", "company9.com"]
    assert told[0].strip().startswith("company8.com: not stored, scores ") and "company9.com: stored with 12.34, scores" in told[1]
    assert NotReproduced.exit_code == 8


def test_points_are_verified_by_the_records_of_then(scored: Warehouse) -> None:
    """What lists say now, after all members have left, is not asked."""
    criteria = ({"name": "partner", "account_list": "partners", "points": 40}, {"when": "employees > 100", "points": 10})
    rules = Definition.model_validate({"name": "points", "type": "rules", "rules": {"criteria": criteria}})
    card = ScorecardModel(rules, ())
    registry_of(scored.run).register(JudgedModel(card, {}, {}, []), as_of=AS_OF, inputs={})
    assert scored.score(rules) == [0]
    listed = scored.run.tables.read("clean/account_lists")
    assert listed.where("list_name = 'partners'").count() == 5
    scored.run.tables.replace("clean/account_lists", listed.where("list_name <> 'partners'").localCheckpoint())
    (number,) = verify(asked(scored.run, run="run2")).counts.values()
    assert number == scored.run.tables.read(SCORES).where("score_name = 'points'").toPandas().shape[0] > 1_000


def _runs(scored: Warehouse) -> list[dict[str, Any]]:
    rows = scored.run.tables.read("scores/score_runs").where("job = 'score'").collect()
    return [row.asDict(recursive=True) for row in rows]


def test_what_was_vacuumed_cannot_be_verified_and_says_so(scored: Warehouse) -> None:
    spark, tables = scored.run.spark, scored.run.tables
    change_features(scored, "company7.com", has_data=False)
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql(f"VACUUM {tables.identifier(FEATURES)} RETAIN 0 HOURS")
    with pytest.raises(DataError, match=r"run run1 cannot be verified: .*features/account_features [0-9]+.* were vacuumed"):
        verify(asked(scored.run, run="run1"))
    with pytest.raises(ConfigurationError, match=r"run9: no such run has scored; the last ones that have: run1 "):
        verify(asked(scored.run, run="run9"))


@pytest.fixture
def unwritten(scored: Warehouse) -> Iterator[Warehouse]:
    """A warehouse whose every file, the registry's too, is afterwards what it was."""
    crm = [{"domain": f"company{i}.com", "sources": ["crm"]} for i in range(50)]
    scored.run.tables.replace("clean/accounts", contracts.load("clean/accounts").rows(scored.run.spark, crm))
    folder = Path(scored.run.settings.warehouse).parent
    before = content(folder)
    yield scored
    after = content(folder)
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set()


def foretold(scored: Warehouse, definition: Definition) -> dict[str, Any]:
    model, trial = simulating._model(asked(scored.run, account=None, definition=None), definition)
    assert trial is None
    return simulating._compared(scored.run, definition, model)


def test_other_bands_and_exclusions_are_foretold_as_the_next_run_gives_them(scored: Warehouse, unwritten: Warehouse) -> None:
    before = scored.table(SCORES).set_index("domain")
    definition = with_bands(highly_likely=60, likely=20).model_copy(update={"exclude": None})
    found = foretold(scored, definition)
    assert found["bands"]["highly_likely"]["now"] == (before.band == "highly_likely").sum()
    assert found["bands"]["unscored"] == {"now": 5, "then": 0}  # the partners
    assert sum(it["now"] for it in found["crm_bands"].values()) == 50
    simulated = simulating.scores(
        scored.run, definition, simulating._model(asked(scored.run, account=None, definition=None), definition)[0]
    )
    expected = simulated.toPandas().set_index("domain").sort_index()
    assert expected.band.value_counts().to_dict() == {name: it["then"] for name, it in found["bands"].items() if it["then"]}
    text = "\n".join(simulating._lines(found | {"trained": False, "expect": []}))
    assert "accounts (5 of the CRM) go from no score to " in text or "go from Likely to Highly Likely" in text
    for mover in found["movers"]:
        assert mover["score_then"] == expected.score.get(mover["domain"]) and mover["band_now"] == before.band.get(mover["domain"])


def test_a_run_that_follows_is_what_was_foretold(scored: Warehouse) -> None:
    definition = with_bands(highly_likely=60, likely=20).model_copy(update={"exclude": None})
    found = foretold(scored, definition)
    before = scored.table(SCORES).set_index("domain").band
    assert scored.score(definition) == [0]
    after = scored.table(SCORES).set_index("domain")
    assert after.band.value_counts().to_dict() == {name: it["then"] for name, it in found["bands"].items() if it["then"]}
    moved = [(old, new) for domain, new in after.band.items() if (old := before.get(domain, "unscored")) != new]
    assert {(it["from"], it["to"]): it["accounts"] for it in found["moves"]} == {pair: moved.count(pair) for pair in set(moved)}


def test_an_account_with_other_values_scores_what_it_would_and_what_it_lacks_is_found(scored: Warehouse, unwritten: Warehouse) -> None:
    """Of an unlikely account: by the values of its own command, and by the smallest change that is named."""
    tables = scored.run.tables
    unlikely = tables.read(SCORES).where("band = 'unlikely' and score > 30").orderBy("domain").first()["domain"]
    model, _ = simulating._model(asked(scored.run, account=unlikely, definition=None), DEFINITION)
    run = asked(scored.run, account=unlikely, value=["employees=700", "country=Germany", "product=Kafka"])
    found = simulating.simulate_account(run, DEFINITION, model)
    assert found["as_it_is"]["score"] == tables.read(SCORES).where(F.col("domain") == unlikely).first()["score"]

    row = tables.read(FEATURES).where(F.col("domain") == unlikely)
    stack = F.array_union("tech_stack", F.array(F.struct(F.lit("Kafka").alias("product"), F.lit("Streaming").alias("category"))))
    changed = row.withColumns({"employees": F.lit(700).cast("bigint"), "country": F.lit("DE"), "tech_stack": stack})
    again = model.score(with_inputs(changed)).first()
    assert (found["with_values"]["score"], found["with_values"]["margin"]) == (again["score"], again["margin"])

    as_it_is = simulating.simulate_account(asked(scored.run, account=unlikely, value=None), DEFINITION, model)
    assert as_it_is["with_values"] is None and as_it_is["next_band"] == {"band": "likely", "from": 50}
    kinds = [it["kind"] for it in as_it_is["changes"]]
    assert kinds and len(set(kinds)) == len(kinds) and {*kinds} <= {"employees", "revenue", "product", "category", "research"}
    for it in as_it_is["changes"]:
        assert it["score"] >= 50
    product = next((it for it in as_it_is["changes"] if it["change"] == "uses Kafka"), None)
    if product:
        assert model.score(with_inputs(row.withColumn("tech_stack", stack))).first()["score"] == product["score"]
    assert json.dumps(as_it_is, default=str) and len(FIRMOGRAPHIC_VALUES) == 12


@pytest.mark.parametrize(
    ("account", "value", "told"),
    [
        ("nobody.com", [], "there is no such account"),
        ("company7.com", ["employees"], "should read column=value"),
        ("company7.com", ["employes=4"], "no such column; did you mean 'employees'"),
        ("company7.com", ["employees=many"], "many is no bigint"),
        ("company7.com", ["product=Kafcka"], "knows no such product; did you mean 'Kafka'"),
        ("company7.com", ["keyword_set=data"], "knows no such keyword set"),
    ],
)
def test_a_value_that_cannot_be_is_named(scored: Warehouse, account: str, value: list[str], told: str) -> None:
    model = scored.trained.model
    with pytest.raises(ConfigurationError, match=told):
        simulating.simulate_account(asked(scored.run, account=account, value=value), DEFINITION, model)


def test_a_model_is_due_when_it_has_aged_and_when_its_accounts_are_others(scored: Warehouse) -> None:
    run, tables = asked(scored.run, check=True, if_due=True), scored.run.tables
    judged = JudgedModel(scored.trained.model, scored.trained.counts, {}, [])
    assert "not known of this version" in check_due(run, DEFINITION).sentence  # one of before there were profiles
    registry_of(run).register(judged, as_of=AS_OF, inputs={}, report={PROFILE: profile_of(run, judged.model)})
    done = check_due(run, DEFINITION)
    assert done.sentence.startswith("retraining is not due") and set(done.metrics) == set()
    assert RETRAIN.due is not None and RETRAIN.due(run, DEFINITION) is None

    later = replace(run, as_of=date(2026, 12, 1))
    with pytest.raises(RetrainingDue, match=r"^small: retraining is due: version 2 was trained 6 months ago\. Do it with") as due:
        check_due(later, DEFINITION)
    assert due.value.exit_code == 7 and check_due(replace(run, as_of=date(2026, 11, 30)), DEFINITION).metrics == {}

    kafka = F.array(F.struct(F.lit("Kafka").alias("product"), F.lit("Streaming").alias("category")))
    tables.replace(FEATURES, tables.read(FEATURES).withColumn("tech_stack", kafka).localCheckpoint())
    with pytest.raises(
        RetrainingDue, match=r"due: the margins of today's accounts have drifted since .*; its inputs have drifted since: .*Kafka"
    ):
        check_due(run, DEFINITION)
    reason = RETRAIN.due(later, DEFINITION)
    assert reason and reason.startswith("version 2 was trained 6 months ago; the margins of today's accounts")
    assert RETRAIN.due(asked(scored.run, if_due=False), DEFINITION) == "asked for"
