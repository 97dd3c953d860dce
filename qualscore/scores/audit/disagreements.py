"""Rules, models and people at odds about the same accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from qualscore.scores.audit.finding import AT_ODDS, Finding

TOP, RATES = "scores/top_accounts", "scores/override_rates"
# The best accounts of one score, by the other one drawn worse than at random: below the mean of all, by more points than chance moves the
# mean of a thousand (.9 is its standard error).
BEST, CLEARLY_BELOW = 1_000, 5.0
FEWEST_BEST = 100
# Overrides are for what no data says; where people set one score in twenty of those that they see, they disagree with the model.
OVERRULED, FEWEST_OVERRULED = 0.05, 20


@dataclass(frozen=True)
class Agreement:
    """How the best accounts of one score stand in another: mean percentile of them, and of all accounts."""

    best_of: str
    score_name: str
    accounts: int
    mean_of_best: float
    mean_of_all: float
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overruled:
    """How many of the accounts that people see have a score that people set, and the factors of which that is the largest share."""

    score_name: str
    accounts: int
    overridden: int
    factors: tuple[str, ...] = ()


def at_odds(agreements: Sequence[Agreement]) -> list[Finding]:
    """A rule-based score and a model of which one turns the other's best accounts down."""
    advice = "read both with `account DOMAIN`, and decide which of them lists are made of; criteria of rules may need other points"
    return [
        Finding(AT_ODDS, TOP, agreement.accounts, _odds(agreement), advice, agreement.examples, agreement.score_name)
        for agreement in agreements
        if agreement.accounts >= FEWEST_BEST and agreement.mean_of_best < agreement.mean_of_all - CLEARLY_BELOW
    ]


def _odds(agreement: Agreement) -> str:
    return (
        f"the {agreement.accounts:,} best accounts of {agreement.best_of} are worse than most by {agreement.score_name}: percentile "
        f"{agreement.mean_of_best:.0f} on average, and {agreement.mean_of_all:.0f} of all accounts"
    )


def overruled(rates: Sequence[Overruled]) -> list[Finding]:
    """A score that people override often."""
    return [
        Finding(
            AT_ODDS,
            RATES,
            rate.overridden,
            f"people have set another score for {rate.overridden:,} of {rate.accounts:,} accounts of the CRM, more than {OVERRULED:.0%}",
            f"ask who overrides what the model does not know ({RATES}, by factor); deliver it, or change `examples`, and train again",
            rate.factors,
            rate.score_name,
        )
        for rate in rates
        if rate.overridden >= FEWEST_OVERRULED and rate.overridden > OVERRULED * rate.accounts
    ]
