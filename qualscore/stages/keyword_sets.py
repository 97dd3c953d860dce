"""How far deliveries cover each keyword set: what a score that uses it can know."""

from collections.abc import Mapping

from qualscore.features import intent
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.reading import FEATURES, clean

INTENT = "clean/intent_signals"
COUNTS = ("accounts", "accounts_13w", "signals", "weeks")
WIDTH = 30


def show_coverage(run: Run) -> Outcome:
    """Prints for each keyword set the accounts that research it, and the weeks that deliveries tell of."""
    sets = run.settings.keywords
    found = {row["keyword_set"]: row.asDict() for row in intent.researching(run.tables.read(FEATURES)).collect()}
    for row in intent.set_coverage(clean(run, "intent_signals"), sets).collect():
        found[row["keyword_set"]] = found.get(row["keyword_set"], {}) | row.asDict()
    rows = [{"keyword_set": name} | dict.fromkeys(COUNTS, 0) | found.get(name, {}) for name in sorted(sets)]
    run.console.result("\n".join([_HEAD, *map(_line, rows)]), keyword_sets=rows)
    empty = [str(row["keyword_set"]) for row in rows if not row["signals"]]
    warnings = [f"no signal is delivered of any keyword of {', '.join(empty)}"] if empty else []
    return Outcome(f"{len(rows)} keyword sets, {len(rows) - len(empty)} of them with signals", warnings=warnings)


_HEAD = (
    f"{'keyword sets':<{WIDTH}}" + "".join(f"{it:>16}" for it in ("accounts", "in 13 weeks", "signals", "weeks")) + "  from week to week"
)


def _line(row: Mapping[str, object]) -> str:
    counts = "".join(f"{row[name]:>16,}" for name in COUNTS)
    span = f"  {row['first_week_on']} to {row['last_week_on']}" if row.get("last_week_on") else ""
    return f"  {row['keyword_set']:<{WIDTH - 2}}{counts}{span}"


KEYWORD_SETS = Stage("preview_keyword_sets", show_coverage, lambda run: {"keyword_sets": run.settings.keywords}, inputs=(FEATURES, INTENT))
