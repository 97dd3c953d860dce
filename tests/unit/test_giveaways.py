"""Which values give the answer away, and which are honest ones of a short list."""

from typing import Any

import numpy as np
import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.learning import giveaways
from qualscore.model.learning.giveaways import ValueCount, ratio


def definition(**features: Any) -> Definition:
    return Definition.model_validate({"name": "small", "examples": {"account_list": "x"}, "features": features})


def counts(examples: int, unlabelled: int, *values: ValueCount) -> list[ValueCount]:
    """So many accounts in a frame, all of DE, and what some of them have."""
    return [ValueCount("country", "DE", examples, unlabelled, 0), *values]


def club(examples: int, unlabelled: int) -> ValueCount:
    return ValueCount("tech_products", "club", examples, unlabelled, 0)


def warned(frame: list[ValueCount], others: int | None = None, **features: Any) -> list[str]:
    known = {} if others is None else {("tech_products", "club"): others}
    return giveaways.judge(frame, definition(**features), others=known)


def test_a_membership_of_nine_of_41_customers_is_a_warning() -> None:
    """0.36 % of all accounts have it: 61 times as common, and by chance perhaps no more than 33 times."""
    frame = counts(41, 18_000, club(9, 65))
    (warning,) = warned(frame)
    assert warning == (
        "small: product 'club' may give the answer away: 9 of 41 examples have it, 65 of 18000 unlabelled accounts: 61 times as common, "
        "at least 33 times with 95 % confidence; leave it out with features.leave_out.products: [club], or, if it is no result of the "
        "sale, features.allow.products: [club]"
    )
    assert warned(frame, allow={"products": ["club"]}) == []
    assert warned(counts(41, 18_000, club(8, 65))) == [], "fewer than a fifth have it"


@pytest.mark.parametrize(("examples", "unlabelled", "times"), [(332, 120, 125), (53, 19, 789), (12, 0, 30_001)])
def test_the_sellers_own_product_is_refused(examples: int, unlabelled: int, times: int) -> None:
    """As common as on real lists, and a product that no drawn account has."""
    message = rf"product 'club': {examples} of {examples} .* {times:,} times .*features\.leave_out\.products: \[club\]"
    with pytest.raises(TrainingRefused, match=message):
        warned(counts(examples, 15_000, club(examples, unlabelled)))


@pytest.mark.parametrize(("others", "is_refused"), [(200, False), (2, False), (1, True)])
def test_what_hardly_an_account_but_examples_has_is_counted_in_the_universe(others: int, *, is_refused: bool) -> None:
    """None of 18,000 drawn accounts has what 12 of 120 examples have: of 5 million some do."""
    frame = counts(120, 18_000, club(12, 0))
    assert giveaways.suspects(frame, definition()) == [club(12, 0)]
    if is_refused:
        with pytest.raises(TrainingRefused, match="product 'club': 12 of 120 examples have it, and only 1 of all other accounts"):
            warned(frame, others)
    else:
        assert warned(frame, others) == []


def test_nobody_else_is_suspected() -> None:
    missing = ValueCount("city", None, 20, 0, 0)
    frame = counts(120, 18_000, club(9, 0), ValueCount("city", "Ulm", 90, 11, 0), ValueCount("state", "BY", 12, 0, 0), missing)
    assert [it.value for it in giveaways.suspects(frame, definition())] == ["BY"]
    assert giveaways.suspects(frame, definition(leave_out={"columns": ["state"]})) == []


def test_the_interval_is_that_of_many_draws() -> None:
    draw = np.random.default_rng(0)
    drawn = (draw.binomial(200, 0.3, 20_000) / 200) / (draw.binomial(10_000, 0.01, 20_000) / 10_000)
    assert ratio(60, 200, 100, 10_000).low == pytest.approx(np.quantile(drawn, 0.025), rel=0.03)
