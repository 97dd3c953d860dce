"""The quick card as fields: what a target is told of an account, and what its own names for that are."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

Kind = Literal["number", "text", "long_text", "date"]


class CardField(NamedTuple):
    """A field of the card.

    Attributes:
        name: by which a target's `fields` names it.
        kind: number (whole, 0 to 100), text, long_text or date.
        length: of texts the most characters; longer ones are cut.
        label: for people.
        meaning: in a sentence.
    """

    name: str
    kind: Kind
    length: int
    label: str
    meaning: str


BEST = (
    CardField("score", "number", 3, "Qualification Score", "the best score of the account, 0 to 100, rounded down"),
    CardField("band", "text", 20, "Qualification Band", "Highly Likely, Likely or Unlikely"),
    CardField("action", "text", 20, "Qualification Action", "Act Now, Qualified or Good Fit; empty when the score is lower"),
    CardField("product", "text", 63, "Best Product", "the product with the best score"),
    CardField("products", "long_text", 1000, "Qualified Products", "the products that the account qualifies for, best first"),
    CardField("reasons", "long_text", 1000, "Reasons", "what speaks most for the account, for the best product"),
    CardField("intent", "text", 20, "Current Intent", "High, Some, None or Unknown, for the best product"),
    CardField("advice", "text", 20, "Advice", "Call Now, Nurture or Not Now, for the best product"),
    CardField("trend", "text", 20, "Score Trend", "Improving, Steady, Declining or Too New, for the best product"),
    CardField("scored_on", "date", 10, "Qualification Changed On", "the day of the scores with which this record changed last"),
)
UNHASHED = ("scored_on",)
"""Fields that alone make no row a changed one."""


def of_product(product: str) -> tuple[CardField, ...]:
    """The fields of one product."""
    label = product.replace("_", " ").title()
    return (
        CardField(f"{product}_score", "number", 3, f"{label} Score", f"the score for {product}, 0 to 100, rounded down"),
        CardField(f"{product}_band", "text", 20, f"{label} Band", f"Highly Likely, Likely or Unlikely, for {product}"),
        CardField(f"{product}_reasons", "long_text", 1000, f"{label} Reasons", f"the three factors that speak most for {product}"),
    )


def card_fields(products: Sequence[str]) -> tuple[CardField, ...]:
    """All fields of the card: of the best product, and of each."""
    return (*BEST, *(it for product in products for it in of_product(product)))


def salesforce_name(prefix: str, name: str) -> str:
    """An API name of Salesforce: at most 40 characters before __c, no two underscores in a row.

    >>> salesforce_name("Qualscore_", "data_platform_score"), salesforce_name("Qualscore_", "x" * 50)
    ('Qualscore_Data_Platform_Score__c', 'Qualscore_Xxxxxxxxxxxxxxxxxxxxxxx_d039f5__c')
    """
    words = "_".join(word.title() for word in name.split("_") if word)
    return f"{_within(f'{prefix}{words}', 40)}__c"


def snake_name(prefix: str, name: str) -> str:
    """A name of HubSpot, Dynamics or a database, of at most 63 characters.

    >>> snake_name("qualscore_", "platform_score")
    'qualscore_platform_score'
    """
    return _within(f"{prefix}{name}", 63)


def camel_name(prefix: str, name: str) -> str:
    """A name as Marketo's REST API has them.

    >>> camel_name("", "platform_score"), camel_name("qualscore", "platform_score")
    ('platformScore', 'qualscorePlatformScore')
    """
    first, *others = [word for word in f"{prefix}_{name}".split("_") if word]
    return _within(first + "".join(word.title() for word in others), 50)


Naming = Callable[[str, str], str]


def _within(name: str, most: int) -> str:
    """A name that is too long keeps its beginning and gets a hash, so that two stay two."""
    return name if len(name) <= most else f"{name[: most - 7].rstrip('_')}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
