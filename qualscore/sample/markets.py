"""What makes a company a customer: the truth of the sample, for two products of an imaginary seller of data software."""

import math
from dataclasses import dataclass, field

from qualscore.sample.vocabulary import COUNTRIES, INDUSTRIES, products_of

SELLER_DOMAIN = "tallowmere-data.com"
PRODUCTS_OF_A_DEAL = ["Pipefit", "Clickpath", "Heatlens"]
"""Adopted because of a deal, after it; others use them too, less often."""
KEYWORD_SET_OF_A_DEAL = "vendor onboarding"
"""Researched because of a deal, from its first day on."""
SCALE_ENDS_AT = 1_000_000
"""From here on, a larger universe has no more customers, deals and CRM accounts: a seller does not grow with the world."""


def scale(accounts: int) -> float:
    """The seller's share of a universe that outgrows it.

    >>> [scale(20_000), scale(2_000_000)]
    [1.0, 0.5]
    """
    return min(1.0, SCALE_ENDS_AT / accounts)


@dataclass(frozen=True)
class Market:
    """Effects on the log-odds of being a customer."""

    name: str
    share: float
    intercept: float  # gives that share, as long as the universe is not larger than the seller's world
    keyword_set: str
    size: list[float]  # by employees range; the ninth: not known
    industry: dict[str, float]
    country: dict[str, float]
    age: list[float]  # up to 10 years, to 25, older, not known
    stack: dict[str, float]  # product or category: effect
    interest: float
    others: tuple[float, float] = field(default=(-0.5, -0.5))  # industries and countries that are not named

    def base(self, accounts: int) -> float:
        """The intercept in a universe of this size: beyond the seller's world, the same customers among more companies.

        >>> PLATFORM.base(20_000) == PLATFORM.intercept > PLATFORM.base(55_000_000)
        True
        """
        return self.intercept + 1.1 * math.log(scale(accounts))  # 1.1: fewer of the best are already certain

    def of_industries(self) -> list[float]:
        """Effects in the order of the vocabulary."""
        return [self.industry.get(name, self.others[0]) for name in INDUSTRIES]

    def of_countries(self) -> list[float]:
        """Effects in the order of the vocabulary."""
        return [self.country.get(name, self.others[1]) for name in COUNTRIES]

    def of_products(self) -> list[tuple[list[str], float]]:
        """(any of these products, effect)."""
        return [(products_of(name), effect) for name, effect in self.stack.items()]


PLATFORM = Market(
    name="platform",
    share=0.03,
    intercept=-4.09,
    keyword_set="data platform",
    size=[-2.0, -0.5, 1.1, 2.0, 2.3, 1.8, 1.1, 0.6, -1.3],
    industry={"Software": 1.8, "E-Commerce": 1.9, "Fintech": 2.0, "IT Services": 1.0, "Media": 1.0, "Telecommunications": 1.0}
    | {"Marketing & Advertising": 0.6, "Retail": 0.3, "Banking": 0.5, "Restaurants": -1.8, "Construction": -1.5},
    country={"United States": 0.6, "United Kingdom": 0.5, "Germany": 0.9, "Netherlands": 0.5, "Canada": 0.2, "India": -1.2},
    age=[0.3, 0.1, -0.4, 0.0],
    stack={"data warehouse": 1.4, "customer data platform": 0.8, "erp": -0.6},
    interest=1.3,
)
ANALYTICS = Market(
    name="analytics",
    share=0.015,
    intercept=-4.16,
    keyword_set="analytics",
    size=[-2.2, -0.8, 0.4, 1.3, 1.9, 2.3, 2.1, 1.9, -1.2],
    industry={"Banking": 1.5, "Insurance": 1.6, "Retail": 1.1, "Logistics": 1.1, "Energy": 1.0, "Food Production": 1.0, "Chemicals": 1.0}
    | {"Pharmaceuticals": 1.3, "Automotive": 1.0, "Wholesale": 0.6, "Restaurants": -1.3},
    country={"Germany": 1.0, "Austria": 1.0, "Switzerland": 1.0, "United Kingdom": 0.5, "France": 0.4, "United States": 0.0, "India": -1.0},
    age=[-0.4, 0.1, 0.4, 0.0],
    stack={"business intelligence": 1.2, "erp": 0.7},
    interest=1.2,
)
MARKETS = (PLATFORM, ANALYTICS)
