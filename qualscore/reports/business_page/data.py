"""What the scores are made of: accounts without a score and what would mend it, and how full the data is."""

from collections.abc import Iterator, Sequence

from qualscore.reports.account_card.reasons import WHY
from qualscore.reports.business_page.numbers import Numbers, Row
from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import percent

FEW = 0.5  # of the accounts: an input that fewer have is named


def unscored(scores: Sequence[Numbers]) -> Section:
    """The accounts without a score by reason; of several scores each in a column."""
    return Section("unscored", "Who has no score, and what would mend it", tuple(_unscored(scores)))


def _unscored(scores: Sequence[Numbers]) -> Iterator[Block]:
    counts = {(it["score_name"], row["reason"]): row["count"] for it in scores for row in it["unscored"]}
    names = [it["score_name"] for it in scores]
    reasons = sorted({reason for _, reason in counts}, key=lambda it: (-max(counts.get((name, it), 0) for name in names), it))
    if not reasons:
        yield Text("Every account has a score.")
        return
    head = ("reason", "why", "what would mend it", *(names if len(names) > 1 else ("accounts",)))
    rows = tuple((it, *WHY[it], *(f"{counts.get((name, it), 0):,}" for name in names)) for it in reasons)
    yield Table(head, rows, numbers=len(names))
    yield Text(
        "scores/unscored_accounts lists each of them. Records without a usable web domain are counted here and belong to no account above.",
        "note",
    )


def filled(row: Row) -> Section:
    """How many accounts have a value of each input."""
    return Section("data", "How full the data is", tuple(_filled(row)))


def _filled(row: Row) -> Iterator[Block]:
    accounts = row["accounts"]
    if not accounts:
        yield Text("There are no accounts.")
        return
    inputs = sorted(((name, number) for name, number in row.items() if name != "accounts"), key=lambda it: (-it[1], it[0]))
    thin = [name for name, number in inputs if number < FEW * accounts]
    yield Text(
        f"What scores know of {accounts:,} accounts. "
        + (
            f"Fewer than half of the accounts have a value of: {', '.join(thin)}. What is missing cannot speak for an account."
            if thin
            else ""
        )
    )
    rows = tuple((name, percent(number / accounts), f"{number:,}") for name, number in inputs)
    yield Table(("input", "share", "accounts with a value"), rows, numbers=2)
