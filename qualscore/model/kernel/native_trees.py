"""LightGBM's native model text -> trees, with everything that the scoring kernel cannot compile refused.

The text is the same from the lightgbm package (``Booster.model_to_string``) and from the native library of SynapseML
(``getNativeModel``): a header of ``key=value`` lines, then one block of them for each tree.
"""

from dataclasses import dataclass

import numpy as np

from qualscore.model.encoding.arrays import Array

MAX_LEAVES = 8

MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2
"""What a split takes for missing: nothing (NaN is then 0), zeros and NaN, or NaN."""

_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT = 1, 2, 2


class UnsupportedModel(ValueError):
    """A model that the kernel cannot compile; the message says what is in it."""


@dataclass(frozen=True)
class Tree:
    """One tree: split ``i`` goes left where ``column[i] <= threshold[i]``; a child below zero is the leaf ``~child``."""

    column: Array
    threshold: Array
    default_left: Array
    missing: Array
    left: Array
    right: Array
    leaf_value: Array
    leaf_count: Array
    internal_count: Array

    @property
    def splits(self) -> int:
        """Number of splits: one less than leaves."""
        return len(self.column)

    @property
    def expected_value(self) -> float:
        """Mean of the leaves, weighted with their training rows, as LightGBM's ``Tree::ExpectedValue``."""
        if not self.splits:
            return float(self.leaf_value[0])
        return float(np.sum(self.leaf_count / self.internal_count[0] * self.leaf_value))

    def share(self, parent: int, child: int) -> float:
        """The part of the training rows of a split that went to one of its children."""
        count = self.leaf_count[~child] if child < 0 else self.internal_count[child]
        return float(count / self.internal_count[parent])


@dataclass(frozen=True)
class Model:
    """The trees of one model, whose columns are numbered from 0."""

    trees: list[Tree]
    n_columns: int


def parse_model(text: str) -> Model:
    """Read a model; raises UnsupportedModel in one sentence when the kernel cannot score it exactly."""
    head, separator, body = text.partition("\nend of trees")[0].partition("\nTree=")
    header = _fields(head)
    _refuse_header(header, complete=bool(separator) and "\nend of trees" in text)
    blocks = body.split("\nTree=")
    return Model([_parse_tree(number, _fields(block)) for number, block in enumerate(blocks)], int(header["max_feature_idx"]) + 1)


def _fields(block: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in block.splitlines())}


def _refuse_header(header: dict[str, str], *, complete: bool) -> None:
    if "tree" not in header or "max_feature_idx" not in header or not complete:
        raise UnsupportedModel("This is not the whole text of a LightGBM model: its header, its trees or their end is missing.")
    if header.get("num_tree_per_iteration", "1") != "1":
        raise UnsupportedModel(f"The model has {header.get('num_class')} classes; only models with one margin per row can be scored.")
    if "average_output" in header:
        raise UnsupportedModel("The model is a random forest, whose trees are averaged; only boosted trees can be scored.")


def _parse_tree(number: int, fields: dict[str, str]) -> Tree:
    leaves = int(fields["num_leaves"])
    if leaves > MAX_LEAVES:
        raise UnsupportedModel(f"Tree {number} has {leaves} leaves; at most {MAX_LEAVES} can be scored (set num_leaves).")
    if fields.get("is_linear", "0") != "0":
        raise UnsupportedModel(f"Tree {number} has linear models in its leaves; only constant leaves can be scored.")
    splits = 0 if leaves == 1 else leaves - 1
    decision = _numbers(fields, "decision_type", splits, int)
    if fields.get("num_cat", "0") != "0" or np.any(decision & _CATEGORICAL):
        raise UnsupportedModel(f"Tree {number} has a categorical split; encode categories as numbers before training.")
    tree = Tree(
        column=_numbers(fields, "split_feature", splits, int),
        threshold=_numbers(fields, "threshold", splits, float),
        default_left=(decision & _DEFAULT_LEFT) != 0,
        missing=(decision >> _MISSING_SHIFT) & 3,
        left=_numbers(fields, "left_child", splits, int),
        right=_numbers(fields, "right_child", splits, int),
        leaf_value=_numbers(fields, "leaf_value", leaves, float),
        leaf_count=_numbers(fields, "leaf_count", leaves if splits else 0, float),
        internal_count=_numbers(fields, "internal_count", splits, float),
    )
    if np.any(tree.internal_count <= 0):
        raise UnsupportedModel(f"Tree {number} has a split without training rows, so that its expected values are undefined.")
    return tree


def _numbers(fields: dict[str, str], name: str, count: int, kind: type[int] | type[float]) -> Array:
    """The numbers of a field; a tree of one leaf has none but its value, whatever else its text says."""
    words = fields.get(name, "").split() if count else []
    if len(words) != count:
        raise UnsupportedModel(f"The model's text has {len(words)} numbers in {name} where {count} belong.")
    return np.array([kind(word) for word in words], dtype=np.int64 if kind is int else np.float64)
