"""Faults of what scores are made of: stale data, coverage, missing inputs, shifted inputs, orphan deals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qualscore.model.judging.ageing import MARGIN, Change
from qualscore.model.judging.suspicions import DRIFTED
from qualscore.scores.audit.finding import COVERAGE, MISSINGNESS, ORPHANS, SHIFT, STALE, Finding

FEATURES, DEALS = "features/account_features", "clean/crm_opportunities"
# Days after which the newest row of a table is old: vendors deliver companies and technology each quarter, and a model is trained again
# after six months; "now" in intent is the last four weeks; a CRM of a company that sells has news each month.
OLDEST: Mapping[str, int] = {
    "clean/firmographics": 183,
    "clean/technographics": 183,
    "clean/intent_signals": 28,
    "clean/crm_accounts": 62,
    "clean/crm_opportunities": 62,
    "clean/activities": 62,
    "features/account_features": 62,
    "scores/account_scores": 62,
}
# A delivery whose domains fit hardly any account is one of another market, or of a wrong column.
LEAST_COVERED = 0.005
# A fifth fewer accounts with a value than the run before had: more than companies that close, and less than a file of five that is missing.
LOST = 0.2
# Of 4,000 accounts a share is known to .016: three times as much is no chance. A fifth of what there was, as of coverage.
LEAST_LOST_SHARE = 0.05
# The CRM's own mistakes: one deal in twenty is common, with more than one in ten conversion and customers are counted of another company.
ORPHANED, FEWEST_ORPHANS = 0.1, 5


@dataclass(frozen=True)
class Coverage:
    """How many accounts have a kind of data, now and in the run before (None: not known)."""

    kind: str
    table: str
    accounts: int
    having: int
    accounts_before: int | None = None
    having_before: int | None = None


@dataclass(frozen=True)
class Orphans:
    """Deals, and by reason those of no account."""

    deals: int
    by_reason: Mapping[str, int]
    examples: tuple[str, ...] = ()


def stale(newest: Mapping[str, tuple[date | None, int]], *, as_of: date) -> list[Finding]:
    """Tables whose newest row is old.

    Args:
        newest: by table the latest day up to `as_of`, None where rows are undated, and the number of rows.
        as_of: the day by which rows are old.
    """
    return [
        Finding(
            STALE,
            table,
            rows,
            f"the newest row is of {day}, {(as_of - day).days} days before {as_of}; more than {OLDEST[table]} is much",
            "deliver it anew, and run pipeline"
            if table.startswith("clean/")
            else "run pipeline: it describes and scores accounts as of today",
        )
        for table, (day, rows) in newest.items()
        if day is not None and (as_of - day).days > OLDEST[table]
    ]


def uncovered(coverages: Sequence[Coverage]) -> list[Finding]:
    """Kinds of data that hardly any account has, or fewer than in the run before.

    Args:
        coverages: of the kinds that are delivered.
    """
    lost, scarce = [_lost(it) for it in coverages if _has_fewer(it)], [_scarce(it) for it in coverages if _is_scarce(it)]
    return [*lost, *scarce]


def _has_fewer(coverage: Coverage) -> bool:
    return coverage.having_before is not None and coverage.having < (1 - LOST) * coverage.having_before


def _is_scarce(coverage: Coverage) -> bool:
    return coverage.having < LEAST_COVERED * coverage.accounts and not _has_fewer(coverage)


def _lost(coverage: Coverage) -> Finding:
    before = coverage.having_before or 0
    sentence = (
        f"{coverage.having:,} of {coverage.accounts:,} accounts have {coverage.kind}, and {before:,} of {coverage.accounts_before:,} "
        "had in the run before"
    )
    advice = f"look whether a file, or a part of one, is missing, and at {coverage.table.replace('clean/', 'rejected/')}"
    return Finding(COVERAGE, coverage.table, before - coverage.having, sentence, advice)


def _scarce(coverage: Coverage) -> Finding:
    sentence = f"{coverage.having:,} of {coverage.accounts:,} accounts have {coverage.kind}, less than {LEAST_COVERED:.1%}"
    advice = "look whether its domains are those of accounts (column domain, mapping of its header), or leave the source out"
    return Finding(COVERAGE, coverage.table, coverage.having, sentence, advice)


def lost_inputs(score_name: str, changes: Sequence[Change], *, accounts: int) -> list[Finding]:
    """Inputs of a model that fewer accounts have than at its training."""
    return [
        Finding(
            MISSINGNESS,
            FEATURES,
            round((change.known_then - change.known_now) * accounts),
            f"{change.factor}: known of {change.known_now:.0%} of the accounts, and of {change.known_then:.0%} when the model was trained",
            "mend the delivery (header, mapping, file that is missing); if it is gone for good, leave it out (`features`) and train again",
            (),
            score_name,
        )
        for change in changes
        if has_lost(change)
    ]


def has_lost(change: Change) -> bool:
    """Whether an input is known of fewer accounts than at the training."""
    lost = change.known_then - change.known_now
    return change.factor != MARGIN and lost > LEAST_LOST_SHARE and lost > LOST * change.known_then


def shifted(score_name: str, changes: Sequence[Change], *, accounts: int) -> list[Finding]:
    """Inputs, and margins, that are distributed otherwise than at the training; what is missing is said by `lost_inputs`."""
    return [
        Finding(
            SHIFT,
            FEATURES if change.factor != MARGIN else "scores/account_scores",
            accounts,
            f"{'the margins' if change.factor == MARGIN else change.factor}: distributed otherwise than at the training "
            f"(PSI {change.index:.2f}, more than {DRIFTED} is much)",
            f"look at the last delivery; if it is right, `retrain --score {score_name}`",
            (),
            score_name,
        )
        for change in changes
        if change.index > DRIFTED and not has_lost(change)
    ]


def orphaned(orphans: Orphans) -> list[Finding]:
    """Deals of no account."""
    number = sum(orphans.by_reason.values())
    if number < FEWEST_ORPHANS or number <= ORPHANED * orphans.deals:
        return []
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(orphans.by_reason.items(), key=lambda it: (-it[1], it[0])))
    sentence = f"{number:,} of {orphans.deals:,} deals are of no account ({reasons}): no score, conversion or customer counts them"
    advice = "fill the website of their CRM accounts; NOT_AN_ACCOUNT: run ingest and build_features again"
    return [Finding(ORPHANS, DEALS, number, sentence, advice, orphans.examples)]
