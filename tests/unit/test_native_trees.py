"""What cannot be scored exactly is refused, in one sentence."""

from collections.abc import Callable

import lightgbm
import numpy as np
import pytest

from qualscore.model.kernel.native_trees import UnsupportedModel, parse_model

QUIET = {"verbose": -1, "num_threads": 1}


def other_text(**parameters: object) -> str:
    """A small model of two columns."""
    random = np.random.default_rng(0)
    columns = random.normal(size=(300, 2))
    data = lightgbm.Dataset(columns, (columns.sum(axis=1) > 0).astype(float))
    return lightgbm.train(QUIET | {"objective": "binary"} | parameters, data, 5).model_to_string()


def linear_text() -> str:
    return other_text(linear_tree=True, objective="regression", num_leaves=3)


def categorical_text() -> str:
    random = np.random.default_rng(0)
    values = random.integers(0, 5, (300, 1)).astype(float)
    data = lightgbm.Dataset(values, values[:, 0] % 2, categorical_feature=[0])
    return lightgbm.train(
        QUIET | {"objective": "binary", "num_leaves": 3, "min_data_per_group": 1, "cat_smooth": 0}, data, 2
    ).model_to_string()


def multiclass_text() -> str:
    random = np.random.default_rng(0)
    data = lightgbm.Dataset(random.normal(size=(90, 2)), np.arange(90) % 3)
    return lightgbm.train(QUIET | {"objective": "multiclass", "num_class": 3, "num_leaves": 3}, data, 2).model_to_string()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (categorical_text, r"Tree 0 has a categorical split; encode categories as numbers before training\."),
        (linear_text, r"Tree \d has linear models in its leaves; only constant leaves can be scored\."),
        (multiclass_text, r"The model has 3 classes; only models with one margin per row can be scored\."),
        (lambda: other_text(num_leaves=9, min_data_in_leaf=5), r"Tree 0 has 9 leaves; at most 8 can be scored \(set num_leaves\)\."),
        (
            lambda: other_text(boosting="rf", bagging_freq=1, bagging_fraction=0.5, num_leaves=3),
            r"The model is a random forest, whose trees are averaged; only boosted trees can be scored\.",
        ),
        (lambda: other_text(num_leaves=3)[:600], r"This is not the whole text of a LightGBM model"),
        (lambda: "", r"This is not the whole text of a LightGBM model"),
        (lambda: other_text(num_leaves=3).replace("threshold=", "threshold=1 "), r"has 3 numbers in threshold where 2 belong\."),
        (lambda: other_text(num_leaves=3).replace("internal_count=300", "internal_count=0"), r"Tree 0 has a split without training rows"),
    ],
)
def test_model_that_cannot_be_scored_exactly_is_refused(text: Callable[[], str], reason: str) -> None:
    with pytest.raises(UnsupportedModel, match=reason):
        parse_model(text())


def test_text_is_read_as_trees() -> None:
    first = parse_model(other_text(num_leaves=3)).trees[0]
    assert parse_model(other_text(num_leaves=3)).n_columns == 2
    assert (first.splits, first.leaf_count.sum(), first.internal_count[0]) == (2, 300, 300)
    assert first.share(0, int(first.left[0])) + first.share(0, int(first.right[0])) == 1
