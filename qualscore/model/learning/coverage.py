"""Which sources know the examples and which the others: what a model could learn of the sources in place of fit."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

KINDS = ("crm", "marketing", "csv", "firmographics")
LIKELY_LEAK = 0.75


def shares() -> dict[str, Column]:
    """By name, the share of the examples and of the unlabelled that each source covers: aggregates of `marked` accounts.

    They have is_example, is_unlabelled, known_by (kinds of source), tech_stack, intent.
    """
    sides = {"examples": F.col("is_example"), "unlabelled": F.col("is_unlabelled")}
    return {f"coverage_{name}_{side}": _share(is_covered, of) for name, is_covered in _covers().items() for side, of in sides.items()}


def measured(observed: Mapping[str, float | None]) -> dict[str, float]:
    """The `shares` found, 0 of nothing, and how far "is in a CRM" alone would go; nothing where none was looked for."""
    if not observed:
        return {}
    known = {name: float(share or 0) for name, share in observed.items()}
    return known | {"in_crm_auc": indicator_auc(known["coverage_crm_examples"], known["coverage_crm_unlabelled"])}


def indicator_auc(among_examples: float, among_unlabelled: float) -> float:
    """The ROC-AUC of a yes or no, by its shares on either side; ties count half.

    >>> indicator_auc(1.0, 0.5)
    0.75
    """
    return 0.5 + (among_examples - among_unlabelled) / 2


def warnings(metrics: Mapping[str, float], name: str) -> list[str]:
    """At most one line: that the CRM tells examples from others by itself."""
    auc = metrics.get("in_crm_auc", 0.5)
    if auc <= LIKELY_LEAK:
        return []
    return [
        f"{name}: 'is in a CRM' alone would reach ROC-AUC {auc:.2f} ({metrics['coverage_crm_examples']:.0%} of the examples, "
        f"{metrics['coverage_crm_unlabelled']:.0%} of the unlabelled are in it): what only the CRM knows may be learnt in place of fit. "
        "Narrow `reference`, or leave such columns out."
    ]


def _covers() -> dict[str, Column]:
    kinds = {kind: F.array_contains("known_by", kind) for kind in KINDS}
    return kinds | {"technographics": F.size("tech_stack") > 0, "intent": F.size("intent") > 0}


def _share(is_covered: Column, of: Column) -> Column:
    return F.count_if(is_covered & of) / F.count_if(of)
