"""What came out, in words: read from the published tables."""

from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import sample
from qualscore.model.scoring.bands import BAND_WORDS, LIKELY, UNLIKELY
from qualscore.paths import of_spark
from qualscore.runs.pinning import pinned
from qualscore.runs.run import Run
from qualscore.stages.reading import ACCOUNTS, SCORES, TOP, UNSCORED
from qualscore.storage import places

SHOWN = 10


def summarise(run: Run) -> None:
    """Prints what the run's scores hold, the best accounts that are no customers, and how to go on."""
    run = pinned(run, (ACCOUNTS, SCORES, UNSCORED, TOP))
    names = [definition.name for definition in run.definitions]
    known = run.tables.read(SCORES).where(F.col("score_name").isin(names))
    accounts = run.tables.read(ACCOUNTS).count()
    run.console.result(f"\n{accounts:,} accounts in {run.settings.warehouse}", accounts=accounts)
    for name in names:
        _say_score(run, name, known.where(F.col("score_name") == name))
    _say_where(run)


def _say_score(run: Run, name: str, scores: DataFrame) -> None:
    by_band = scores.groupBy("band").agg(F.count("*").alias("scored"), F.count_if("is_example").alias("customers")).collect()
    bands = {row["band"]: row["scored"] for row in by_band}
    customers = {row["band"]: row["customers"] for row in by_band}
    n_customers = sum(customers.values())
    likely_customers = n_customers - customers.get(UNLIKELY, 0)
    reasons = run.tables.read(UNSCORED).where(F.col("score_name") == name).groupBy("reason").count().orderBy("reason").collect()
    unscored = {row["reason"]: row["count"] for row in reasons}
    console, likely = run.console, BAND_WORDS[LIKELY]
    lines = [
        f"\n{name}",
        f"  scored     {sum(bands.values()):,}: {_listed({word: bands.get(band, 0) for band, word in BAND_WORDS.items()})}",
        f"  unscored   {sum(unscored.values()):,}: {_listed(unscored)}",
        f"  customers  {n_customers:,} found, {likely_customers:,} of them {likely} or better by models that did not see them",
    ]
    hidden = _hidden_quality(run, name, scores)
    if hidden:
        lines.append(
            "  hidden     customers that the model was not shown: "
            f"ROC-AUC {hidden['roc_auc']:.3f} (the truth itself: {hidden['truth_roc_auc']:.3f}), "
            f"{hidden['recall_at_10']:.0%} of them in the top 10 % ({hidden['truth_recall_at_10']:.0%})"
        )
    best = run.tables.read(TOP).where((F.col("score_name") == name) & ~F.col("is_example")).orderBy("rank").limit(SHOWN).collect()
    lines.append("  best accounts that are no customers")
    lines += [f"    {row['score']:6.2f}  {row['company_name'] or row['domain']} ({row['domain']})  {row['top_factors']}" for row in best]
    console.result(
        "\n".join(lines),
        score_name=name,
        bands=bands,
        unscored=unscored,
        customers=n_customers,
        hidden=hidden,
        best=[row.asDict() for row in best],
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "none"


def _hidden_quality(run: Run, name: str, scores: DataFrame) -> dict[str, float]:
    """Quality on customers that only the sample's truth knows; nothing on real data."""
    truth = Path(places.beside(run.settings.warehouse, "sample")) / "truth" / "accounts.parquet"
    if not getattr(run.options, "sample", False) or not truth.exists():
        return {}
    return sample.hidden_quality(scores, run.spark.read.parquet(of_spark(str(truth))), name)


def _say_where(run: Run) -> None:
    tables, query = run.settings.warehouse, f"DeltaTable('{run.settings.warehouse}/scores/account_scores').to_pandas()"
    text = (
        f"\nThe tables are in {tables}, one folder each; schemas/README.md says what their columns mean. Query them with Spark\n"
        f"  SELECT domain, score, top_factors FROM delta.`{tables}/scores/account_scores` WHERE score_name = '...' ORDER BY score DESC\n"
        f"or without Spark, in Python: from deltalake import DeltaTable; {query}"
    )
    if not run.console.as_json:
        run.console.result(text)
