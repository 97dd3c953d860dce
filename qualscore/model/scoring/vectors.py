"""Spark ML vectors as they arrive in Arrow, as the sparse rows that the kernel reads."""

import numpy as np
import pyarrow as pa

from qualscore.model.kernel.tree_shap import SparseRows


def sparse_rows(column: pa.StructArray) -> SparseRows:
    """A column of vectors (`unwrap_udt`: type, size, indices, values), sparse and dense mixed.

    What a sparse vector leaves out is 0; NaN (missing) is stored.
    """
    values, indices = column.field("values"), column.field("indices")
    lengths = np.asarray(values.value_lengths(), dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(ends[-1]) - np.repeat(ends[:-1], lengths)
    is_sparse = np.repeat(np.asarray(column.field("type")) == 0, lengths)
    places[is_sparse] = indices.flatten().to_numpy(zero_copy_only=False)
    return SparseRows(ends.astype(np.int32), places.astype(np.int32), values.flatten().to_numpy(zero_copy_only=False))
