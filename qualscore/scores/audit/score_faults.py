"""Faults of scores, by their distribution: clumping and inflation."""

from collections.abc import Sequence
from dataclasses import dataclass

from qualscore.intervals import wilson
from qualscore.model.judging import suspicions
from qualscore.scores.audit.finding import CLUMPING, INFLATION, Finding

SCORES = "scores/account_scores"
# A training doubts a model of which a tenth of the accounts share a margin.
CLUMPED = suspicions.CLUMPED
# Few criteria give few numbers of points: half of the accounts on one of them leaves no order to speak of.
CLUMPED_BY_RULES = 0.5
# Below one point scores are rounded to the same hundredths, and nobody looks for an order: there the margin tells.
NOWHERE = 1.0
# A band is a third as telling as it says: the interval of the customers' share is taken off before, and the calibration of real customers
# was off by .03, which of 95 makes 92 (11 times as common in place of 19).
TOLERANCE = 3.0
FEWEST_CUSTOMERS = 50  # with fewer a share of customers says little; nor are models trained with fewer


@dataclass(frozen=True)
class SharedScore:
    """A stored score that many accounts have, and how many of these share the most frequent margin."""

    score: float
    accounts: int
    same_margin: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreTable:
    """One score's rows of scores/account_scores.

    Attributes:
        score_name: of the score.
        is_rules: whether rules score, and no model.
        accounts: their number.
        shared: the stored scores that a tenth of the accounts or more have.
    """

    score_name: str
    is_rules: bool
    accounts: int
    shared: Sequence[SharedScore] = ()


@dataclass(frozen=True)
class TopBand:
    """Who is Highly Likely.

    Attributes:
        score_name: of the score.
        least_score: with which the band begins.
        is_promised: whether the score says how many times as common an account is among customers as in the whole universe: that of a
            model that compares with all accounts does.
        customers: number of customers that were learned from.
        customers_inside: those of them in the band.
        others: number of all other accounts.
        others_inside: those of them in the band.
        examples: some of these.
    """

    score_name: str
    least_score: float
    is_promised: bool
    customers: int
    customers_inside: int
    others: int
    others_inside: int
    examples: tuple[str, ...] = ()


def clumped(table: ScoreTable) -> list[Finding]:
    """Many accounts on one score."""
    most = (CLUMPED_BY_RULES if table.is_rules else CLUMPED) * table.accounts
    mend = "add criteria, or give them different points" if table.is_rules else "deliver more about them, or narrow `reference`"
    advice = f"{mend}; until then sort them by something else, such as `employees`"
    return [
        Finding(CLUMPING, SCORES, shared.accounts, _clump(shared, table.accounts), advice, shared.examples, table.score_name)
        for shared in table.shared
        if shared.accounts > most and (shared.score >= NOWHERE or (not table.is_rules and shared.same_margin > most))
    ]


def _clump(shared: SharedScore, accounts: int) -> str:
    is_one = shared.same_margin == shared.accounts
    margins = "and one margin" if is_one else f"{shared.same_margin:,} of them one margin"
    return f"{shared.accounts / accounts:.0%} of the accounts have the score {shared.score:.2f}, {margins}: among them there is no order"


def inflated(band: TopBand) -> list[Finding]:
    """A top band with more accounts than its score allows: it says that they are so many times as common among customers."""
    if not band.is_promised or band.customers < FEWEST_CUSTOMERS or not band.others:
        return []
    said = band.least_score / max(100 - band.least_score, 1e-9)
    share, of_customers = band.others_inside / band.others, band.customers_inside / band.customers
    at_most = wilson(band.customers_inside, band.customers)[1]
    if share * said <= TOLERANCE * at_most:
        return []
    sentence = (
        f"{share:.1%} of the accounts and {of_customers:.1%} of the customers are Highly Likely: {of_customers / share:.1f} times as "
        f"common among customers, where the band says {said:.0f} times"
    )
    advice = "train it again, look at 'said / observed' in its report, and take the best by rank (scores/top_accounts) until then"
    return [Finding(INFLATION, SCORES, band.others_inside, sentence, advice, band.examples, band.score_name)]
