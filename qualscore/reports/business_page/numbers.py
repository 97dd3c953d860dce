"""What a page is made of, by name: rows of scores/business_rows of one score, or of all, as plain values.

Of a score: score_name, as_of_on, list (None, or what the page is of), file, bands, matrix, parts, spots, best, moved, changes, performance,
outcomes, surprises, unscored, filled, model. Of all: as_of_on, list, file, scores (the above of each), cards, outcomes, filled.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.reports.house.words import count
from qualscore.scores.business_rows import FITTING, WHITE_SPACE
from qualscore.scores.crm_states import CUSTOMER, NOT_IN_CRM, OPEN_DEAL, UNTOUCHED
from qualscore.scores.fit_intent import UNSCORED

Row = Mapping[str, Any]
Numbers = Mapping[str, Any]

BANDS = {**BAND_WORDS, UNSCORED: "No score"}
STATES = {NOT_IN_CRM: "not in the CRM", UNTOUCHED: "in the CRM, untouched", OPEN_DEAL: "with an open deal", CUSTOMER: "customers"}
OF_ONE = {NOT_IN_CRM: "not in the CRM", UNTOUCHED: "untouched", OPEN_DEAL: "open deal", CUSTOMER: "customer"}
# Rows that a page holds at most, so that a file stays below 5 MB: some 600 bytes a row, 3 kB where names are as long as they may be.
MOST_BEST, MOST_SPOTS, MOST_MOVED, MOST_CARDS, MOST_SURPRISES = 300, 300, 50, 300, 100


def total(rows: Iterable[Row], name: str = "accounts", /, **where: Sequence[str]) -> int:
    """The sum of a column, of the rows with one of these values.

    >>> total([{"band": "likely", "accounts": 2}, {"band": "unlikely", "accounts": 3}], band=["likely"])
    2
    """
    return sum(it[name] for it in rows if all(it[column] in values for column, values in where.items()))


def fitting(numbers: Numbers, **where: Sequence[str]) -> int:
    """Accounts that are Likely or better."""
    return total(numbers["matrix"], band=FITTING, **where)


def white_space(numbers: Numbers, name: str = "accounts") -> int:
    """Accounts that are Likely or better and that nobody works on."""
    return total(numbers["matrix"], name, band=FITTING, crm_state=WHITE_SPACE)


def number(rows: Iterable[Row], state: str, **where: Sequence[str]) -> str:
    """How many accounts there are of a CRM state; of few customers it is not told."""
    accounts = total(rows, crm_state=[state], **where)
    return count(accounts) if state == CUSTOMER else f"{accounts:,}"


def is_all(numbers: Numbers) -> bool:
    """Whether the page is of all accounts."""
    return numbers["list"] is None
