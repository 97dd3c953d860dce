"""Spark ML vectors as they arrive in Arrow, as the matrices that the kernel reads."""

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix


def to_csr(column: pa.StructArray, width: int) -> csr_matrix:
    """A column of vectors (`unwrap_udt`: type, size, indices, values), sparse and dense mixed, as one sparse matrix.

    What a sparse vector leaves out is 0; NaN (missing) is stored.
    """
    values, indices = column.field("values"), column.field("indices")
    lengths = np.asarray(values.value_lengths(), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    is_sparse = np.repeat(np.asarray(column.field("type")) == 0, lengths)
    within[is_sparse] = indices.flatten().to_numpy(zero_copy_only=False)
    return csr_matrix(
        (values.flatten().to_numpy(zero_copy_only=False), within.astype(np.int32), starts.astype(np.int32)), shape=(len(column), width)
    )
