"""The scoring path against SynapseML's own transform, and 5 scores against 1: same rows, same Delta layout, one session.

    python tests/benchmarks/scoring.py WAREHOUSE FOLDER [--accounts 1000000] [--passes 2] [--shap-accounts 20000]

WAREHOUSE is that of `./spark-submit.sh pipeline --sample --warehouse WAREHOUSE`. Its accounts are repeated under other domains until
there are enough, and written to FOLDER (kept for the next time). What is measured is features table to published table:

* ours: exact factors, bands, words; with one score definition, and with five (the sample's models by turns) in one pass;
* the baseline: one SynapseML model of repeats x 150 trees with 7 leaves, as many as an account of ours meets, behind the same Spark ML
  pipeline (categories by StringIndexer), written as the same columns, its factors left empty;
* the same with SynapseML's featuresShapCol, on some of the accounts, extrapolated.

Prints a report in Markdown. Each is run in turns; the best pass counts, by the clock and, on a machine that others use too, by CPU time.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from measuring import Measured, measure, session
from pyspark.ml import PipelineModel
from pyspark.ml.feature import StringIndexer, VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.model.encoding import inputs, intent
from qualscore.model.lifecycle import registry
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.bands import action, band
from qualscore.model.scoring.pass_model import PassModel
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.storage import places
from qualscore.storage.tables import Tables

FEATURES, SCORES = "features/account_features", "scores/account_scores"
GOALS = {"transform": 0.5, "shap": 1 / 25, "five": 4.0}
FILES = 8


def repeated(spark: SparkSession, warehouse: str, folder: str, accounts: int) -> DataFrame:
    """The features of enough accounts."""
    tables, path = Tables(spark, folder), f"{FEATURES}_{accounts}"
    if not (Path(folder) / path / "_delta_log").exists():
        sample = Tables(spark, warehouse).read(FEATURES)
        copies = spark.range(1 + accounts // sample.count())
        many = sample.crossJoin(copies).withColumn("domain", F.concat(F.col("id").cast("string"), F.lit("-"), "domain")).drop("id")
        many.limit(accounts).repartition(FILES, "domain").write.format("delta").save(f"{folder}/{path}")
    return spark.read.format("delta").load(f"{tables.warehouse}/{path}")


def pipeline(model: QualificationModel, sample: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """Features to vectors as SynapseML wants them: static columns, then the categories as numbers."""
    indexed = [f"{name}_index" for name in model.inputs.lifted]
    indexer = StringIndexer(inputCols=list(model.inputs.lifted), outputCols=indexed, handleInvalid="keep").fit(sample)
    # `+ 0` takes the metadata away, which would make SynapseML train categorical splits.
    plain = {name: F.col(name) + 0 for name in indexed}
    assembler = VectorAssembler(inputCols=["static", *indexed], outputCol="features", handleInvalid="keep")
    stages = PipelineModel([model.vectorizer])

    def vectors(accounts: DataFrame) -> DataFrame:
        stacked = inputs.with_stack(accounts.where("has_data"), model.definition.features)
        researched = intent.with_columns(stacked, model.inputs.keyword_sets, model.inputs.measures)
        return assembler.transform(indexer.transform(stages.transform(researched)).withColumns(plain))

    return vectors


def baseline(model: QualificationModel, vectors: DataFrame):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """A SynapseML model of as many trees as an account of ours meets."""
    from synapse.ml.lightgbm import LightGBMClassifier

    training = model.definition.training
    labelled = vectors.withColumn("label", F.xxhash64("domain").isin(model.examples.tolist()).cast("double"))
    return LightGBMClassifier(
        labelCol="label", objective="binary", numIterations=training.repeats * training.trees, learningRate=0.05, numLeaves=7, maxBin=63,
        featureFraction=0.5, seed=1, numTasks=1, numThreads=1, dataTransferMode="streaming", verbosity=-1,
    ).fit(labelled.coalesce(1))  # fmt: skip


def published(scored: DataFrame, model: QualificationModel) -> DataFrame:
    """What the baseline found, as rows of account_scores without factors."""
    contract = contracts.load(SCORES)
    score, nothing = F.col("score"), F.array().cast(contract.schema["factors_for"].dataType)
    margin = vector_to_array("rawPrediction")[1]
    other = vector_to_array("shap")[0] if "shap" in scored.columns else F.lit(0.0)
    numbers = scored.withColumns({"margin": margin, "score": F.floor(10_000 / (1 + F.exp(-margin))) / 100, "other_contribution": other})
    return contract.conform(
        numbers.select(
            F.lit(model.definition.name).alias("score_name"), "domain", "company_name", "score", "margin", "other_contribution",
            score.alias("score_final"), F.lit("model").alias("final_cause"),
            band(score, model.definition).alias("band"), action(score, model.definition).alias("action"), F.exp("margin").alias("lift"),
            F.lit(0.0).alias("base"), score.alias("percentile"), nothing.alias("factors_for"), nothing.alias("factors_against"),
            F.lit("").alias("top_factors"), F.lit(False).alias("is_example"), F.lit(1).alias("model_version"), F.lit("").alias("run_id"),
            "as_of_on", F.lit(datetime.now(UTC)).alias("scored_at"),
        )
    )  # fmt: skip


def copies(models: list[QualificationModel], number: int) -> list[PassModel]:
    """So many models under names of their own, by turns."""
    chosen = [models[place % len(models)] for place in range(number)]
    named = [model.definition.model_copy(update={"name": f"score_{place}"}) for place, model in enumerate(chosen)]
    return [replace(model, definition=definition).in_pass for model, definition in zip(chosen, named, strict=True)]


def best(tasks: dict[str, Callable[[], object]], passes: int) -> dict[str, Measured]:
    """The best of each task, the tasks taken in turns; a first, uncounted turn compiles."""
    measures: dict[str, list[Measured]] = {name: [] for name in tasks}
    for number in range(passes + 1):
        for name, task in tasks.items():
            measure_of_turn = measure(task)
            measures[name] += [measure_of_turn] if number else []
    return {name: Measured(min(it.seconds for it in those), min(it.cpu for it in those)) for name, those in measures.items()}


def report(measured: dict[str, Measured], accounts: dict[str, int]) -> None:
    """The table of times, and the goals."""
    print("# Scoring, features table to published table\n")
    print("| | accounts | s | accounts/s | CPU microseconds an account |\n|---|---|---|---|---|")
    for name, times in measured.items():
        number = accounts[name]
        print(f"| {name} | {number:,} | {times.seconds:.1f} | {number / times.seconds:,.0f} | {times.cpu / number * 1e6:.1f} |")
    ours, plain, shap, five = (measured[name] for name in accounts)
    share = accounts["SynapseML with featuresShapCol"] / accounts["ours, 1 score"]
    for baseline, goal, clock, cpu in (
        ("the baseline's transform without factors", GOALS["transform"], ours.seconds / plain.seconds, ours.cpu / plain.cpu),
        ("the baseline with its SHAP column", GOALS["shap"], ours.seconds * share / shap.seconds, ours.cpu * share / shap.cpu),
        ("1 score by 5 in one pass", GOALS["five"], five.seconds / ours.seconds, five.cpu / ours.cpu),
    ):
        verdict = "reached" if min(clock, cpu) <= goal else "missed"
        print(f"\n**Goal, at most {goal:g} times {baseline}: {clock:.3f} ({cpu:.3f} in CPU time), {verdict}.**")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse")
    parser.add_argument("folder")
    for name, default in (("accounts", 1_000_000), ("passes", 2), ("shap-accounts", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    spark = session("6g")
    accounts = repeated(spark, given.warehouse, given.folder, given.accounts)
    store = places.registry(given.warehouse)[0]
    models = [registry.load(f"models:/qualscore.{name}@champion", store) for name in ("platform", "analytics")]
    sample = Tables(spark, given.warehouse).read(FEATURES)
    vectors = pipeline(models[0], sample)
    synapse, target = baseline(models[0], vectors(sample)), Tables(spark, f"{given.folder}/tables")
    with_shap = synapse.copy().setFeaturesShapCol("shap")
    few = accounts.limit(given.shap_accounts).repartition(2).localCheckpoint()

    def score(number: int) -> None:
        target.replace(SCORES, scoring_pass.score(copies(models, number), accounts, run_id="", scored_at=datetime.now(UTC)))

    tasks = {
        "ours, 1 score": lambda: target.replace(
            SCORES, scoring_pass.score(copies(models, 1), accounts, run_id="", scored_at=datetime.now(UTC))
        ),
        "SynapseML without factors": lambda: target.replace(SCORES, published(synapse.transform(vectors(accounts)), models[0])),
        "SynapseML with featuresShapCol": lambda: target.replace(SCORES, published(with_shap.transform(vectors(few)), models[0])),
        "ours, 5 scores": lambda: target.replace(
            SCORES, scoring_pass.score(copies(models, 5), accounts, run_id="", scored_at=datetime.now(UTC))
        ),
    }
    sizes = dict.fromkeys(tasks, given.accounts) | {"SynapseML with featuresShapCol": given.shap_accounts}
    report(best(tasks, given.passes), sizes)


if __name__ == "__main__":
    main()
