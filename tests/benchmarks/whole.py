"""All stages on a generated universe, from deliveries to scores: time, CPU time, memory and bytes of each, and whether the result is right.

    python tests/benchmarks/whole.py FOLDER [--accounts 1000000] [--memory 12g] [--restart]

Makes the sample in FOLDER (kept for the next time), then runs ingest, build_features, train and score, each a process of its own, as
`pipeline --sample` would. What is measured is kept too: a stage that is done is not run again, so that a run of hours can be taken up
where it broke off. At the end the tables are scanned: every account is accounted for, contributions add up to margins, and the hidden
customers are found. Prints a report in Markdown. The goal, 2 core-hours for 55 million accounts, is scaled to the number of accounts.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from measuring import ROOT, session, watched
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.sample import AS_OF, hidden_quality
from qualscore.storage.tables import Tables

STAGES = ("ingest", "build_features", "train", "score")
GOAL_CORE_HOURS, GOAL_ACCOUNTS = 2.0, 55_000_000
ADDED_UP, NEAR = 10_000, 1e-5
Row = dict[str, float]


def job(name: str, folder: Path, memory: str, *given: str) -> list[str]:
    """The command of a job."""
    where = ["--warehouse", str(folder / "warehouse"), "--as-of", AS_OF.isoformat()]
    return [str(ROOT / "spark-submit.sh"), name, *where, *given, "--", "--driver-memory", memory]


def measure(folder: Path, memory: str, accounts: int) -> dict[str, Row]:
    """What each stage took; those that are not done yet are run."""
    kept = folder / "measured.json"
    measured: dict[str, Row] = json.loads(kept.read_text()) if kept.exists() else {}
    sample = folder / "sample"
    given = {"generate_sample": ("--accounts", str(accounts), "--output", str(sample))}
    for stage in ("generate_sample", *STAGES):
        if stage in measured:
            continue
        before, load = size(folder), os.getloadavg()[0]
        command = job(stage, folder, memory, *given.get(stage, ("--config", str(sample / "qualscore.yml"))))
        usage, output = watched(command)
        print(output, file=sys.stderr)
        measured[stage] = asdict(usage) | {"written": size(folder) - before, "load": load}
        kept.write_text(json.dumps(measured, indent=2))
    return measured


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def checks(spark: SparkSession, folder: Path) -> Iterator[tuple[bool, str]]:
    """What has to hold, found by scans."""
    tables = Tables(spark, str(folder / "warehouse"))
    deliveries = tables.read("scores/score_runs").where("job = 'ingest' AND exit_code = 0").orderBy(F.desc("finished_at")).first()
    assert deliveries is not None
    for delivery in deliveries["deliveries"]:
        added = delivery["clean"] + delivery["rejected"] + delivery["superseded"]
        yield (
            delivery["rows_read"] == added,
            f"{delivery['source']}: {delivery['rows_read']:,} rows read, {added:,} clean, rejected or superseded",
        )
    scores, unscored = tables.read("scores/account_scores"), tables.read("scores/unscored_accounts")
    universe = rows(tables.read("clean/accounts").select("domain"))
    truth = spark.read.parquet(str(folder / "sample" / "truth" / "accounts.parquet"))
    for name in [row["score_name"] for row in scores.select("score_name").distinct().orderBy("score_name").collect()]:
        mine = scores.where(F.col("score_name") == name)
        counts = rows(mine.select("domain")), rows(unscored.where(F.col("score_name") == name).where("domain is not null").select("domain"))
        yield sum(counts) == universe, f"{name}: {counts[0]:,} scored + {counts[1]:,} unscored = {universe:,} accounts"
        listed = F.expr("aggregate(concat(factors_for, factors_against), 0D, (sum, it) -> sum + it.contribution)")
        off = (
            mine.orderBy(F.xxhash64("domain"))
            .limit(ADDED_UP)
            .select(F.abs(F.col("base") + listed + F.col("other_contribution") - F.col("margin")))
        )
        most = max(row[0] for row in off.collect())
        yield most <= NEAR, f"{name}: contributions of {ADDED_UP:,} accounts add up to the margin within {most:.1e}"
        quality = hidden_quality(scores, truth, name)
        ranking = f"ROC-AUC {quality['roc_auc']:.3f} (the truth itself {quality['truth_roc_auc']:.3f})"
        ranking += f", {quality['recall_at_10']:.0%} in the top 10 % ({quality['truth_recall_at_10']:.0%})"
        yield (
            quality["roc_auc"] > quality["truth_roc_auc"] - 0.03,
            f"{name}: {quality['hidden_customers']:,.0f} hidden customers, {ranking}",
        )


def rows(frame: DataFrame) -> int:
    """Rows, by a scan: a count alone would read Delta's log."""
    return int(frame.agg(F.count("domain")).collect()[0][0])


def report(measured: dict[str, Row], accounts: int, checked: Sequence[tuple[bool, str]]) -> None:
    """The table of stages, the goal, the checks."""
    print(f"# {accounts:,} accounts, from deliveries to scores\n")
    print("| stage | minutes | core-minutes | memory of Java, GB | of Python, GB | of both, GB | written, GB | load before |")
    print("|---|---|---|---|---|---|---|---|")
    for stage, row in measured.items():
        memory = " | ".join(f"{row[name] / (1 << 30):.1f}" for name in ("java", "python", "memory"))
        times = f"{row['seconds'] / 60:.1f} | {row['cpu'] / 60:.1f}"
        print(f"| {stage} | {times} | {memory} | {row['written'] / (1 << 30):.2f} | {row['load']:.1f} |")
    seconds, cpu = (sum(measured[stage][name] for stage in STAGES) for name in ("seconds", "cpu"))
    goal = GOAL_CORE_HOURS * 3600 * accounts / GOAL_ACCOUNTS
    print(f"\nWithout the generation: {seconds / 60:.1f} minutes, {cpu / 60:.1f} core-minutes, {cpu / accounts * 1e6:.0f} us an account.")
    print(f"\n**Goal, {GOAL_CORE_HOURS} core-hours for 55 million accounts, here {goal / 60:.1f} core-minutes: {cpu / goal:.2f} of it.**\n")
    print("\n".join(f"* {'ok' if is_so else 'NOT SO'}: {said}" for is_so, said in checked))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--memory", default="12g", help="of the driver, for each stage")
    parser.add_argument("--restart", action="store_true", help="run all stages again, on the same sample")
    given = parser.parse_args(arguments)
    folder = given.folder.absolute() / str(given.accounts)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "measured.json"
    if given.restart and kept.exists():
        kept.write_text(json.dumps({stage: it for stage, it in json.loads(kept.read_text()).items() if stage not in STAGES}))
        shutil.rmtree(folder / "warehouse", ignore_errors=True)
    measured = measure(folder, given.memory, given.accounts)
    spark = session("6g")
    report(measured, given.accounts, list(checks(spark, folder)))
    spark.stop()


if __name__ == "__main__":
    main()
