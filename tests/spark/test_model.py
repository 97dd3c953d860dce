"""The trained model: what it promises of every score."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.encoding import inputs
from qualscore.model.encoding.draws import draw
from qualscore.model.judging import judging
from qualscore.model.kernel.starting_margin import fit, prepared
from qualscore.model.learning import training
from qualscore.model.learning.evaluation import ranking
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.learning.training import Trained
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.bands import FINAL
from tests.small_universe import AS_OF, DEFINITION, Universe, companies


def test_contributions_add_up_to_the_margin(scores: pd.DataFrame) -> None:
    """Base + listed + other = margin, for every row."""
    listed = [
        sum(f["contribution"] for side in sides for f in side) for sides in zip(scores.factors_for, scores.factors_against, strict=True)
    ]
    np.testing.assert_allclose(scores.base + listed + scores.other_contribution, scores.margin, atol=1e-5)
    assert max(map(len, scores.factors_for)) == 5
    assert all(f["contribution"] > 0 for side in scores.factors_for for f in side)
    assert all(f["contribution"] < 0 for side in scores.factors_against for f in side)


def test_the_model_finds_what_makes_a_customer(trained: Trained, scores: pd.DataFrame) -> None:
    """The three causes are its first factors; the score orders customers before others."""
    assert ranking(*trained.evidence.margins, weight=1)["roc_auc"] > 0.8
    best = scores.sort_values("margin").iloc[-1]
    assert {f["factor"] for f in best.factors_for} >= {"country", "industry", "uses Kafka"}
    assert best.top_factors.startswith("For: ") and "Software industry" in best.top_factors
    assert scores.score.is_monotonic_increasing is False and scores.sort_values("margin").score.is_monotonic_increasing


def test_bands_and_actions_follow_from_the_stored_score(scores: pd.DataFrame) -> None:
    """The stored score has two decimals and decides."""
    assert (np.floor(scores.score * 100 + 1e-6) / 100 == scores.score).all()
    expected = np.where(scores.score >= 95, "highly_likely", np.where(scores.score >= 50, "likely", "unlikely"))
    assert (scores.band == expected).all() and set(expected) == {"highly_likely", "likely", "unlikely"}
    actions = np.where(scores.score >= 90, "act_now", np.where(scores.score > 75, "qualified", np.where(scores.score > 70, "good_fit", "")))
    assert (scores.action.fillna("") == actions).all()


def test_scoring_again_and_under_another_partitioning_gives_the_same(universe: Universe, trained: Trained, scores: pd.DataFrame) -> None:
    """All columns are equal."""
    for frame in (universe.today(), universe.today().repartition(7, F.rand(1))):
        again = trained.model.score(frame).toPandas().set_index("domain").sort_index()
        pd.testing.assert_frame_equal(again, scores, check_exact=True)


def test_no_example_is_scored_by_a_model_that_saw_it(universe: Universe, trained: Trained, scores: pd.DataFrame) -> None:
    """The margin of an example is that of the models whose training left its fold out, computed by hand with lightgbm."""
    import lightgbm

    model = trained.model
    rows = model.vectors(inputs.with_stack(universe.today(), DEFINITION.features)).where(
        F.xxhash64("domain").isin(model.examples.tolist()[:20])
    )
    for row in rows.select("domain", "static", "folds", *model.lifted).collect():
        margins = []
        for repeat, fold in enumerate(row["folds"]):
            assert fold == _fold(row["domain"], repeat, rows)
            lifts = [c.scoring_lifts()[repeat * 3 + fold, c.ids.get(row[name], 0)] for name, c in model.lifted.items()]
            text = model.texts[repeat][fold]
            static, start = row["static"].toArray(), model.starts[repeat][fold]
            raw = lightgbm.Booster(model_str=text).predict([[*static, *lifts]], raw_score=True)[0]
            numbers = prepared(static[None, : len(model.inputs.numeric)], model.inputs.numeric)
            margins.append(raw + start.margins(numbers, np.array([lifts]))[0])
        assert np.mean(margins) == pytest.approx(scores.loc[row["domain"]].margin, abs=1e-9)


def _fold(domain: str, repeat: int, frame: DataFrame) -> int:
    spark = frame.sparkSession
    return int(spark.createDataFrame([(domain,)], "domain string").select(draw("fold", 3, seed=0, repeat=repeat)).first()[0])


def test_examples_do_not_train_the_models_of_their_own_fold(universe: Universe, trained: Trained) -> None:
    """Changing a label in fold f changes no model that left f out, and those of the other folds."""
    first = min(trained.model.examples)
    flagged = universe.labelled(DEFINITION).withColumn("is_example", F.col("is_example") & (F.xxhash64("domain") != F.lit(int(first))))
    other = training.train(flagged, universe.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=10_000).model
    domain = universe.today().where(F.xxhash64("domain") == F.lit(int(first))).first()["domain"]
    for repeat in range(2):
        own = _fold(domain, repeat, universe.today())
        same = [_trees(a) == _trees(b) for a, b in zip(trained.model.texts[repeat], other.texts[repeat], strict=True)]
        starts = [a == b for a, b in zip(trained.model.starts[repeat], other.starts[repeat], strict=True)]
        assert [fold for fold in range(3) if same[fold]] == [fold for fold in range(3) if starts[fold]] == [own]


def _trees(text: str) -> str:
    return text.split("parameters:")[0]


def test_saved_models_have_no_categorical_split(trained: Trained) -> None:
    """LightGBM would take an indexed column for a category silently."""
    trees = [line for texts in trained.model.texts for text in texts for line in text.splitlines() if line.startswith("num_cat=")]
    assert len(trees) == 2 * 3 * DEFINITION.training.trees
    assert set(trees) == {"num_cat=0"}


def test_more_of_a_lift_never_counts_against_an_account(trained: Trained) -> None:
    n_lifted = len(trained.model.inputs.lifted)
    assert min(term.coefficient for starts in trained.model.starts for start in starts for term in start.lifts) >= 0
    lifts, drawn = np.linspace(-3, 3, 61), np.random.default_rng(0)
    for text in (text for texts in trained.model.texts for text in texts):
        booster = lightgbm.Booster(model_str=text)
        for column in range(booster.num_feature() - n_lifted, booster.num_feature()):
            rows = np.repeat(drawn.normal(size=(1, booster.num_feature())), len(lifts), axis=0)
            rows[:, column] = lifts
            assert np.diff(booster.predict(rows, raw_score=True)).min() >= 0


def test_the_trees_learn_what_the_regression_leaves_over(universe: Universe, trained: Trained) -> None:
    """Each text is that of the lightgbm package, which starts from the same margins: SynapseML does take its initScoreCol."""
    model, (repeat, fold) = trained.model, (1, 2)
    rows = model.vectors(trained.evidence.rows).withColumn("inner", draw("inner", 5, seed=0, repeat=repeat))
    frame = rows.where(F.col("is_example") | F.array_contains("repeats", repeat)).orderBy("domain").toPandas()
    frame = frame[np.array(frame["folds"].to_list())[:, repeat] != fold]
    static = np.stack([vector.toArray() for vector in frame["static"]])
    tables = [column.training_lifts(repeat)[fold] for column in model.lifted.values()]
    ids = [[c.ids.get(None if pd.isna(value) else value, 0) for value in frame[name]] for name, c in model.lifted.items()]
    lifts = np.stack([table[frame["inner"], of_column] for table, of_column in zip(tables, ids, strict=True)], axis=1)
    numbers = prepared(static[:, : len(model.inputs.numeric)], model.inputs.numeric)
    labels = frame["is_example"].to_numpy(float)
    start = fit(numbers, model.inputs.numeric, lifts, labels)
    assert start == model.starts[repeat][fold]
    booster = lightgbm.Booster(model_str=model.texts[repeat][fold])
    columns = np.column_stack([static, lifts])
    margins = start.margins(numbers, lifts) + booster.predict(columns, raw_score=True)
    # Boosting from the margins keeps the mean: what is said of all rows is the examples' share, and the first trees start near it.
    assert (1 / (1 + np.exp(-margins))).mean() == pytest.approx(labels.mean(), rel=0.02)
    assert booster.predict(columns, raw_score=True, num_iteration=1).mean() == pytest.approx(0, abs=0.02)


def test_what_is_left_out_is_left_out_of_the_start_too(universe: Universe) -> None:
    changed = {
        "features": {"leave_out": {"families": ["technographics"], "columns": ["size", "city"]}},
        "training": {"repeats": 1, "folds": 2, "trees": 2},
    }
    definition = Definition.model_validate(DEFINITION.model_dump(by_alias=True) | changed)
    model = training.train(universe.labelled(definition), universe.describe, definition, as_of=AS_OF, evaluation_accounts=1_000).model
    assert "tech_count" not in model.inputs.numeric and "firmo_size" not in model.inputs.numeric and "city" not in model.inputs.lifted
    for start in model.starts[0]:
        assert (len(start.numbers), len(start.lifts)) == (len(model.inputs.numeric), len(model.inputs.lifted)) == (5, 4)
        assert all(term.squared == 0 for term in start.numbers)


def test_draws_of_different_purposes_are_independent(spark: SparkSession) -> None:
    """Of 20,000 domains each pair of draws fills its 25 cells evenly (chi-squared below the 99.99 % point of 24)."""
    frame = spark.range(20_000).select(F.concat(F.lit("company"), "id", F.lit(".com")).alias("domain"))
    purposes = ["fold", "inner", "sample", "date", "evaluation", "calibration"]
    drawn = frame.select(
        *(draw(p, 5, seed=0).alias(p) for p in purposes),
        draw("fold", 5, seed=0, repeat=1).alias("again"),
        draw("fold", 5, seed=1).alias("seed"),
    ).toPandas()
    for i, first in enumerate(drawn.columns):
        for second in drawn.columns[i + 1 :]:
            cells = pd.crosstab(drawn[first], drawn[second]).to_numpy()
            assert ((cells - 800) ** 2 / 800).sum() < 58, (first, second)


def test_a_model_loaded_in_a_fresh_process_gives_the_same_scores(
    spark: SparkSession, universe: Universe, trained: Trained, scores: pd.DataFrame, tmp_path: Path
) -> None:
    """Only the registry, the features and a session are needed; of a frame of pandas not even a session."""
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    judged = JudgedModel(trained.model, trained.counts, {"roc_auc": 0.9}, [])
    version = Registry(uri, (tmp_path / "artifacts").as_uri()).register(judged, as_of=AS_OF, inputs={"clean/accounts": 1})
    assert version.number == 1
    universe.today().write.parquet(str(tmp_path / "features"))
    script = (
        "from pyspark.sql import SparkSession\n"
        "from qualscore import model\n"
        f"spark = SparkSession.builder.master('local[1]').config('spark.jars', {spark.conf.get('spark.jars')!r})"
        ".config('spark.ui.enabled', False).config('spark.sql.session.timeZone', 'UTC').getOrCreate()\n"
        f"small = model.load('models:/qualscore.small@champion', {uri!r})\n"
        f"small.score(spark.read.parquet({str(tmp_path / 'features')!r})).toPandas().to_pickle({str(tmp_path / 'scores.pkl')!r})\n"
    )
    expected = scores.assign(model_version=np.int32(1))
    pd.testing.assert_frame_equal(_in_a_fresh_process(script, tmp_path), expected, check_exact=True)
    script = (
        "import mlflow, pandas\n"
        "from pyspark import SparkContext\n"
        f"mlflow.set_tracking_uri({uri!r})\n"
        "scorer = mlflow.pyfunc.load_model('models:/qualscore.small@champion')\n"
        f"scorer.predict(pandas.read_parquet({str(tmp_path / 'features')!r})).to_pickle({str(tmp_path / 'scores.pkl')!r})\n"
        "assert SparkContext._gateway is None\n"
    )
    scored = _in_a_fresh_process(script, tmp_path)
    of_lists = ["factors_for", "factors_against"]
    for name in of_lists:
        assert [[*map(dict, it)] for it in scored[name]] == [[*map(dict, it)] for it in expected[name]]
    plain = expected.drop(columns=[*scoring_pass.OF_THE_RUN, *FINAL, *of_lists])
    pd.testing.assert_frame_equal(scored.drop(columns=of_lists), plain, check_exact=False, rtol=0, atol=1e-9)


def _in_a_fresh_process(script: str, folder: Path) -> pd.DataFrame:
    """What it leaves in scores.pkl, by domain."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return pd.read_pickle(folder / "scores.pkl").set_index("domain").sort_index()


def _lists(spark: SparkSession, domains: list[str]) -> DataFrame:
    return contracts.load("clean/account_lists").rows(spark, [{"list_name": "customers", "domain": domain} for domain in domains])


def test_a_shuffled_customer_list_teaches_nothing(spark: SparkSession, universe: Universe) -> None:
    """Log-lifts that counted a row's own label would give the cities' lists away: AUC .6 in place of .5."""
    every_tenth = _lists(spark, [f"company{i}.com" for i in range(20, 2_000, 10)])
    labelled = universe.labelled(DEFINITION, every_tenth)
    shuffled = training.train(labelled, universe.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=10_000)
    with pytest.raises(TrainingRefused, match=r"no signal.*ROC-AUC 0\.(4[3-9]|5[0-5])"):
        judging.judge(shuffled)


def test_fewer_than_50_customers_are_refused(spark: SparkSession, universe: Universe) -> None:
    """The message says how many were found and where the others went."""
    lists = _lists(spark, [f"company{i}.com" for i in range(10, 59)])
    with pytest.raises(TrainingRefused, match=r"49 customers .*at least 50 are needed"):
        training.train(universe.labelled(DEFINITION, lists), universe.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=100)


def test_customers_and_no_one_else_are_refused(spark: SparkSession, universe: Universe) -> None:
    """There is nothing to compare them with."""
    lists = _lists(spark, [f"company{i}.com" for i in range(2_000)])
    with pytest.raises(TrainingRefused, match="no unlabelled accounts"):
        training.train(universe.labelled(DEFINITION, lists), universe.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=100)


def test_a_product_that_gives_the_answer_away_is_refused_until_it_is_left_out(spark: SparkSession, universe: Universe) -> None:
    """Refused with its name, and what to do; left out, no factor shows it."""
    customers = universe.account_lists.where("list_name = 'customers'")
    own = customers.select("domain", F.lit("Ours").alias("product"), F.lit("Suite").alias("category"))
    stacked = replace(universe, technographics=universe.technographics.unionByName(own, allowMissingColumns=True))
    with pytest.raises(TrainingRefused, match=r"product 'Ours'.*features\.leave_out\.products: \[Ours\]"):
        training.train(stacked.labelled(DEFINITION), stacked.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=100)
    left = Definition.model_validate(DEFINITION.model_dump(by_alias=True) | {"features": {"leave_out": {"products": ["Ours"]}}})
    model = training.train(stacked.labelled(left), stacked.describe, left, as_of=AS_OF, evaluation_accounts=1_000).model
    assert not any("Ours" in factor or "Suite" in factor for factor in model.inputs.factors)


def test_a_membership_of_nine_of_41_customers_is_no_reason_to_refuse(spark: SparkSession, universe: Universe) -> None:
    """Seven of nearly 2,000 others are members: 61 times as common, and by chance perhaps no more than 27 times."""
    frame = companies().iloc[5:]
    customers, others = (frame[frame["is_customer"] == side]["domain"].to_list() for side in (True, False))
    members = [{"domain": domain, "product": "Club", "category": "Club"} for domain in (*customers[:9], *others[:7])]
    joined = universe.technographics.unionByName(contracts.load("clean/technographics").rows(spark, members))
    small = {"training": {"repeats": 1, "folds": 2, "trees": 2, "min_examples": 41}}
    definition = Definition.model_validate(DEFINITION.model_dump(by_alias=True) | small)
    with_members = replace(universe, technographics=joined)
    labelled = with_members.labelled(definition, _lists(spark, customers[:41]))
    trained = training.train(labelled, with_members.describe, definition, as_of=AS_OF, evaluation_accounts=1_000)
    assert [said for said in trained.warnings if "give the answer away: 9 of 41 examples have it, 7 of" in said]
