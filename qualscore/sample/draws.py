"""Draws by hash: the same for a company whatever the partitioning, the order or the number of rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pyspark.sql import Column
from pyspark.sql import functions as F

SLOTS = 1000


@dataclass(frozen=True)
class Draws:
    """Independent draws, one per purpose and key (the column `id` when none is given)."""

    seed: int

    def uniform(self, purpose: str, *keys: Column) -> Column:
        """In [0, 1)."""
        own = int.from_bytes(blake2b(f"{self.seed} {purpose}".encode(), digest_size=8).digest(), "big", signed=True)
        bits = F.xxhash64(*(keys or (F.col("id"),)), F.lit(own))  # one number for both: quicker to hash than the purpose's text
        return F.shiftrightunsigned(bits, 11) * F.lit(2.0**-53)

    def normal(self, purpose: str, *keys: Column) -> Column:
        """Standard normal (Box-Muller)."""
        radius = F.sqrt(F.lit(-2.0) * F.log(F.lit(1.0) - self.uniform(purpose + " radius", *keys)))
        return radius * F.cos(F.lit(2 * math.pi) * self.uniform(purpose + " angle", *keys))

    def chance(self, purpose: str, probability: Column | float, *keys: Column) -> Column:
        """True with this probability."""
        return self.uniform(purpose, *keys) < probability

    def whole(self, purpose: str, low: int, high: int, *keys: Column) -> Column:
        """A whole number from low to high, all alike."""
        return (F.lit(low) + F.floor(self.uniform(purpose, *keys) * (high - low + 1))).cast("int")

    def rank(self, purpose: str, count: Column | int, *keys: Column) -> Column:
        """1 to count, heavy-tailed: rank r is about twice as common as 2 r."""
        limit = (count if isinstance(count, Column) else F.lit(count)) + F.lit(1.0)
        return F.floor(F.pow(limit, self.uniform(purpose, *keys))).cast("int")

    def weighted(self, purpose: str, weights: Sequence[int], *keys: Column) -> Column:
        """1 to the number of weights; the weights sum to 1,000."""
        if sum(weights) != SLOTS:
            raise ValueError(f"The weights of '{purpose}' sum to {sum(weights)}, not to {SLOTS}.")
        slots = [str(place) for place, weight in enumerate(weights, start=1) for _ in range(weight)]
        return nth(slots, 1 + F.floor(self.uniform(purpose, *keys) * SLOTS), "int")


def nth(values: Sequence[object], place: Column, kind: str = "string") -> Column:
    """The value at a place from 1; null beyond the end."""
    texts = F.split(F.lit("|".join(str(value) for value in values)), "[|]")  # one literal, folded once: an array of lit() is slow to build
    return F.get(texts.cast(f"array<{kind}>"), place.cast("int") - 1)


def place_in(floors: Sequence[float], value: Column) -> Column:
    """The place, from 1, of the last floor that the value reaches; null when the value is."""
    reached = F.lit(len(floors))
    for place, floor in reversed(list(enumerate(floors[1:], start=1))):
        reached = F.when(value < floor, place).otherwise(reached)
    return F.when(value.isNotNull(), reached)
