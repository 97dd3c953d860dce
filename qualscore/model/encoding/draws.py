"""Draws that depend on the domain alone, so that no partitioning and no other draw changes them."""

from pyspark.sql import Column
from pyspark.sql import functions as F

FINE = 1_000_000_007  # a draw out of so many is as good as a real number


def draw(purpose: str, n: int, *, seed: int, repeat: int = 0) -> Column:
    """A number from 0 to n - 1 for each domain; draws of different purposes, seeds or repeats are independent."""
    return F.pmod(F.xxhash64("domain", F.lit(purpose), F.lit(seed), F.lit(repeat)), F.lit(n)).cast("int")


def is_drawn(purpose: str, share: float, *, seed: int, repeat: int = 0) -> Column:
    """Whether the domain is in a sample of about this share (0 to 1)."""
    return draw(purpose, FINE, seed=seed, repeat=repeat) < F.lit(int(share * FINE))
