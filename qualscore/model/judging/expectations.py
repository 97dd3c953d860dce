"""Whether a model scores the accounts that it never learned from as a definition expects."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame

from qualscore import checkpoints
from qualscore.definitions.expectation import Expectation
from qualscore.model.learning.judged_model import Model

SHOWN = 5  # accounts that miss an expectation

Found = Mapping[str, Any]


def judge(model: Model, expected: DataFrame | None, expectations: Sequence[Expectation]) -> list[Found]:
    """Scores the expected accounts as they are today, and says of each expectation what became of it: one action.

    Args:
        model: calibrated, with the bands that apply.
        expected: account features (with facts, where the model asks for them) and expected_in, of the accounts that have a score; None
            when nothing is expected.
        expectations: of the definition; an account's expected_in are their numbers.
    """
    if expected is None or not expectations:
        return []
    held = checkpoints.kept(expected)  # few accounts of a universe, looked for once
    scored = model.score(held).select("domain", "company_name", "score", "band", "is_example", "top_factors")
    members = held.select("domain", "expected_in")
    return of_scores(scored.join(members, "domain", "inner").toPandas(), expectations)


def of_scores(scores: pd.DataFrame, expectations: Sequence[Expectation]) -> list[Found]:
    """What became of each expectation.

    Args:
        scores: domain, company_name, score, band, is_example, top_factors and expected_in.
        expectations: of the definition.
    """
    found = []
    for number, expectation in enumerate(expectations):
        mine = scores[[number in members for members in scores["expected_in"]]]
        found.append(_of_one(mine.sort_values(["score", "domain"]), expectation))
    return found


def _of_one(scores: pd.DataFrame, expectation: Expectation) -> Found:
    meets = _meets(scores, expectation)
    share = float(meets.mean()) if len(scores) else None
    has_passed = None if expectation.is_control else share is not None and share >= expectation.least_share
    misses = scores[~meets] if expectation.at_most is None else scores[~meets].iloc[::-1]  # the worst first
    shown = misses.head(SHOWN)[["domain", "company_name", "score", "band", "top_factors"]].astype(object)
    return {
        "accounts": expectation.accounts,
        "asked": expectation.asked,
        "must": expectation.must,
        "scored": len(scores),
        "met": int(meets.sum()),
        "share": share,
        "passed": has_passed,
        "mean_score": float(scores["score"].mean()) if len(scores) else None,
        "bands": {str(name): int(number) for name, number in scores["band"].value_counts().items()},
        "learned_from": int(scores["is_example"].sum()),
        "misses": shown.where(shown.notna(), None).to_dict("records"),
    }


def _meets(scores: pd.DataFrame, expectation: Expectation) -> pd.Series:
    if expectation.band is not None:
        return scores["band"] == expectation.band
    if expectation.at_most is not None:
        return scores["score"] <= expectation.at_most
    return scores["score"] >= (expectation.at_least or 0)


def missed(found: Sequence[Found], *, must: bool) -> list[str]:
    """A sentence for each expectation that is not met, of those that stop a model or of the others."""
    return [sentence(it) for it in found if it["passed"] is False and it["must"] == must]


def mark(found: Found) -> str:
    """What became of an expectation, in a word."""
    return {True: "met", False: "MISSED"}.get(found["passed"], "shown")


def sentence(found: Found) -> str:
    """What became of an expectation, in words."""
    if not found["scored"]:
        return f"{found['accounts']}: {found['asked']} is expected, and none of its accounts has a score"
    learned = f"; the model learned from {found['learned_from']} of them" if found["learned_from"] else ""
    mean = f"mean score {found['mean_score']:.0f}"
    if found["passed"] is None:
        return f"{found['accounts']}: {found['scored']} accounts, {mean}{learned}"
    if found["accounts"].startswith("list "):
        return f"{found['accounts']}: {found['asked']} is expected, {found['met']} of {found['scored']} are ({mean}{learned})"
    return f"{found['accounts']}: {found['asked']} is expected, its score is {found['mean_score']:.2f}{learned}"
