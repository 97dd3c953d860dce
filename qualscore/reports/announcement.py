"""What a run would change in a score, said before it is published."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.reports.account_card.card import named
from qualscore.reports.house.words import percent

MOST_SHOWN = 5


@dataclass(frozen=True)
class Announcement:
    """The changes of one score against the run before.

    Attributes:
        score_name: of the score.
        scored_before: number of accounts that had a score.
        changes: how many accounts change in which way, as scores.movers.counted has it.
    """

    score_name: str
    scored_before: int
    changes: Sequence[Mapping[str, Any]]

    @property
    def causes(self) -> dict[str, int]:
        """By cause the number of accounts whose band or whole points change, and of those that come or go."""
        return _added(self.changes, "cause")

    @property
    def compared(self) -> int:
        """The number of accounts that both runs score: one that comes or goes changes no band."""
        return self.scored_before - self._number("gone")

    @property
    def movers(self) -> int:
        """The number of accounts that change band."""
        return sum(it["accounts"] for it in self._moved)

    @property
    def share(self) -> float:
        """Of the accounts that both runs score."""
        return self.movers / self.compared if self.compared else 0.0

    def sentence(self) -> str:
        """How many change band, why, and where to.

        >>> moved = {"change": "changed", "cause": "data", "band_before": "likely", "band": "highly_likely", "accounts": 3}
        >>> gone = {**moved, "change": "gone", "band": None, "accounts": 2}
        >>> Announcement("small", 42, [moved, gone]).sentence()
        '3 of 40 accounts change band (data 3): Likely to Highly Likely 3; 0 accounts come and 2 go'
        """
        causes = ", ".join(f"{cause} {number:,}" for cause, number in _added(self._moved, "cause").items())
        order = list(BAND_WORDS)
        ways = sorted(_added(self._moved, "band_before", "band").items(), key=lambda it: (-it[1], *map(order.index, it[0])))
        moves = ", ".join(f"{BAND_WORDS[before]} to {BAND_WORDS[after]} {number:,}" for (before, after), number in ways)
        told, came, went = f" ({causes}): {moves}" if ways else "", self._number("new"), self._number("gone")
        return f"{self.movers:,} of {self.compared:,} accounts change band{told}; {came:,} accounts come and {went:,} go"

    def stop(self, largest: Sequence[Mapping[str, Any]], *, most_movers: float, job: str) -> str:
        """Why nothing of the score is published, and what to do.

        Args:
            largest: the accounts that move furthest, as scores.movers.largest has them.
            most_movers: the share of accounts that may change band.
            job: that asks.
        """
        names = "; ".join(f"{named(it['company_name'], it['domain'])} {_of(it, '_before')} to {_of(it, '')}" for it in largest)
        head = f"{self.score_name}: {percent(self.share)} of its accounts would change band, more than most_movers allows"
        lines = [
            f"{head} ({percent(most_movers)}); nothing of this score is published",
            f"  {self.sentence()} (who comes or goes is not counted)",
            f"  furthest: {names}",
            f"  If that is meant: ./spark-submit.sh {job} --accept-changes",
            "  If not: where the model is the cause, compare and rollback; where a rule is, the definition's bands; where data are, the "
            "deliveries: ingest says what is new in them",
        ]
        return "\n".join(lines)

    @property
    def _moved(self) -> list[Mapping[str, Any]]:
        return [it for it in self.changes if it["change"] == "changed" and it["band"] != it["band_before"]]

    def _number(self, change: str) -> int:
        return sum(it["accounts"] for it in self.changes if it["change"] == change)


def _of(mover: Mapping[str, Any], side: str) -> str:
    """The score and the band of one run."""
    return f"{mover[f'score{side}']:.2f} {BAND_WORDS[mover[f'band{side}']]}"


def _added(changes: Sequence[Mapping[str, Any]], *names: str) -> dict[Any, int]:
    """The number of accounts by one column, or by several; in the order of their values."""
    numbers: Counter[Any] = Counter()
    for it in changes:
        numbers[it[names[0]] if len(names) == 1 else tuple(it[name] for name in names)] += it["accounts"]
    return dict(sorted(numbers.items()))
