"""Ingest of 5.5 million firmographic, 15 million technographic and 25 million intent rows beside a plain copy of the same files.

    python tests/benchmarks/ingest.py FOLDER [--share 1.0] [--table TABLE]... [--form csv|parquet]

Makes the deliveries in FOLDER (3 GB of CSV in 16 files a source; kept for the next time), then runs, for each source and in turns,
a plain copy (Spark reads the files, CSV as text and Parquet with its types, and writes them as a Delta table) and the job `ingest`,
each in a process of its own. Of Parquet, dates are dates and numbers are numbers.
Prints a report in Markdown. Times are those within the session, without its start; CPU time is that of all processes of a run, with
the start, and tells more on a machine that others use too; memory is the largest sum of resident sizes (JVM and Python workers).
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from measuring import ROOT, Usage, session, watched

PARTS, GOAL = 16, 2.0
ROWS = {"firmographics": 5_500_000, "technographics": 15_000_000, "intent_signals": 25_000_000}
DOMAIN = "concat('company', conv({n}, 10, 36), element_at(split('.com .com .de .io .co.uk .com.au', ' '), 1 + pmod(hash({n}), 6)))"
# As people write it: 3 of 100 as an URL, 2 with www, 1 without a domain at all.
WRITTEN = (
    "CASE WHEN pmod(hash(id, 1), 100) < 3 THEN concat('https://www.', {d}, '/en?ref=1') WHEN pmod(hash(id, 1), 100) < 5 "
    "THEN concat('www.', {d}) WHEN pmod(hash(id, 1), 100) < 6 THEN 'no website' ELSE {d} END"
)
WORD = "element_at(split('{words}', ' '), 1 + pmod(hash(id, {salt}), size(split('{words}', ' '))))"


def word(words: str, salt: int) -> str:
    """An expression: one of some words, by row."""
    return WORD.format(words=words, salt=salt)


def columns(table: str, accounts: int) -> dict[str, str]:
    """A delivery's columns as expressions of the row's number `id`."""
    company = "id" if table == "firmographics" else f"pmod(xxhash64(id), {accounts})"
    known = {"domain": WRITTEN.format(d=DOMAIN.format(n=company))}
    if table == "technographics":
        return known | {
            "product": f"concat({word('Kafka Spark Stripe Shopify Marketo Salesforce Okta Slack', 2)}, ' ', pmod(hash(id, 3), 60))",
            "category": word("CRM Analytics Security Payments Hosting Marketing", 4),
            "confidence": word("high high medium low", 5),
            "first_seen": "date_sub(DATE '2026-10-01', pmod(hash(id, 6), 2500))",
            "last_seen": "date_sub(DATE '2026-11-01', pmod(hash(id, 7), 300))",
        }
    if table == "intent_signals":
        return known | {
            "keyword": f"concat({word('data cloud identity payment network sales', 2)}, ' topic ', pmod(hash(id, 3), 400))",
            "week_start": "date_sub(DATE '2026-10-26', 7 * pmod(hash(id, 4), 104))",
            "score": "30 + pmod(hash(id, 5), 70)",
            "source": word("web review publisher", 6),
        }
    return known | {
        "name": "concat('Company ', id, ', Inc')",
        "country": word("USA Germany France UK Japan Brazil India", 2),
        "state": word("California Bavaria Ontario Texas", 3),
        "city": "concat('City ', pmod(hash(id, 4), 3000))",
        "industry": word("Software Retail Banking Insurance Telecommunications Construction", 5),
        "employees": "cast(exp(pmod(hash(id, 6), 100) / 10.0) AS int)",
        "employees_range": word("1-10 11-50 51-200 201-500 10001+", 7),
        "revenue_range": word("$1M-$10M $10M-$50M $1B+", 8),
        "founded": "1950 + pmod(hash(id, 9), 75)",
    }


def make(folder: Path, rows: dict[str, int], form: str) -> None:
    """The deliveries that are not there yet."""
    missing = [table for table in rows if not (folder / table / "_SUCCESS").exists()]
    spark = session("8g") if missing else None
    for table in missing:
        named = [f"{expression} AS {name}" for name, expression in columns(table, rows["firmographics"]).items()]
        writer = spark.range(0, rows[table], 1, PARTS).selectExpr(*named).write.mode("overwrite")
        dialect = {"header": "true", "escape": '"'} if form == "csv" else {}
        writer.format(form).options(**dialect).save(str(folder / table))
    if spark:
        spark.stop()


def copy(folder: Path, table: str, form: str) -> None:
    """The plain copy: prints its seconds."""
    spark = session("8g")
    started = time.monotonic()
    dialect = {"header": "true", "escape": '"'} if form == "csv" else {}
    spark.read.format(form).options(**dialect).load(str(folder / table)).write.format("delta").save(str(folder / "copy"))
    print(json.dumps(time.monotonic() - started))


def ingest(folder: Path, table: str, form: str) -> None:
    """The job on one source: prints its seconds."""
    source = {"table": table, "path": str(folder / table)} | ({"observed_on": "2026-10-01"} if table == "firmographics" else {})
    # A list, because a universe without any customers is refused.
    people = {"table": "account_lists", "list": "customers", "path": str(folder / "customers.csv")}
    (folder / "customers.csv").write_text("domain\nacme.com\n")
    (folder / "ingest.yml").write_text(json.dumps({"sources": [source, people]}))
    command = [str(ROOT / "spark-submit.sh"), "ingest", "--config", str(folder / "ingest.yml"), "--warehouse", str(folder / "warehouse")]
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    record = next(line for line in map(json.loads, done.stdout.splitlines()) if line.get("job") == "ingest")
    print(json.dumps(record["metrics"]["seconds"]))


def measured(folder: Path, what: str, table: str, form: str) -> Usage:
    """One run in a process of its own; its seconds are those within the session."""
    for old in ("copy", "warehouse"):
        shutil.rmtree(folder / old, ignore_errors=True)
    usage, output = watched([sys.executable, __file__, str(folder), "--run", what, "--table", table, "--form", form])
    return replace(usage, seconds=json.loads(output.splitlines()[-1]))


def report(results: dict[str, tuple[Usage, Usage]], rows: dict[str, int]) -> None:
    """The table of times, and the goal."""
    print("# Ingest\n")
    print("| source | rows | ingest, s | rows/s | plain copy, s | times the copy | the same in CPU time | CPU, s | memory, MB (copy) |")
    print("|---|---|---|---|---|---|---|---|---|")
    for table, (plain, ours) in results.items():
        sizes = f"{ours.memory >> 20:,} ({plain.memory >> 20:,})"
        ratio, of_cpu = ours.seconds / plain.seconds, ours.cpu / plain.cpu
        rate = rows[table] / ours.seconds
        times = f"{ours.seconds:.0f} | {rate:,.0f} | {plain.seconds:.0f} | {ratio:.2f} | {of_cpu:.2f} | {ours.cpu:.0f}"
        print(f"| {table} | {rows[table]:,} | {times} | {sizes} |")
    total = sum(ours.seconds for _, ours in results.values()) / sum(plain.seconds for plain, _ in results.values())
    print(f"\n**Goal, all sources in at most {GOAL} times the plain copy: {total:.2f}, {'reached' if total <= GOAL else 'missed'}.**")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows; a small one to try it")
    parser.add_argument("--table", action="append", choices=list(ROWS))
    parser.add_argument("--form", choices=["csv", "parquet"], default="csv", help="of the deliveries")
    parser.add_argument("--run", choices=["copy", "ingest"], help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    folder = given.folder.absolute()
    if given.run:
        {"copy": copy, "ingest": ingest}[given.run](folder, given.table[0], given.form)
        return
    folder = folder / given.form
    folder.mkdir(parents=True, exist_ok=True)
    rows = {table: int(count * given.share) for table, count in ROWS.items()}
    make(folder, rows, given.form)
    tables = given.table or list(rows)
    report({table: (measured(folder, "copy", table, given.form), measured(folder, "ingest", table, given.form)) for table in tables}, rows)


if __name__ == "__main__":
    main()
