"""The listed factors of all rows as Arrow columns: names, values and the one line of words, without an object for each of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.kernel.tree_kernel import compiled
from qualscore.model.kernel.tree_shap import SparseRows, TopFactors
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.factor_words import counted, phrase

IN_WORDS = 3  # factors named on each side of the one line

AS_TEXT, AS_COUNT, AS_USE, AS_CRITERION = range(4)
"""How a factor's value is known: a text of the batch, a number in the model's columns, whether that is above 0, a text of the row."""
WORDS = ("For: ", "Against: ", "; ", ". ")
FOR, AGAINST, NEXT_FACTOR, NEXT_SIDE = range(4)


class FactorNames(NamedTuple):
    """How a model's factors are said; plain data, so that it is broadcast.

    Attributes:
        names: of the factors.
        keyword_sets: a factor's keyword set; None of factors that are no research.
        kinds: AS_TEXT, AS_COUNT, AS_USE or AS_CRITERION.
        columns: the static column that AS_COUNT and AS_USE look at.
        words: three a factor, for the line of words. AS_COUNT: of none, of one, and what stands behind the number of several; AS_USE:
            without and with the technology; AS_CRITERION: what stands before and behind the value.
    """

    names: tuple[str, ...]
    keyword_sets: tuple[str | None, ...]
    kinds: Array
    columns: Array
    words: tuple[str, ...]


def factor_names(inputs: Inputs) -> FactorNames:
    """How the factors of a model are said."""
    set_of = {intent.factor(name): name for name in inputs.keyword_sets}
    of_column = inputs.factor_of_column[: len(inputs.factor_of_column) - len(inputs.lifted)]
    columns = np.full(len(inputs.factors), -1, np.int32)
    columns[of_column[::-1]] = np.arange(len(of_column), dtype=np.int32)[::-1]
    kinds: list[int] = []
    words: list[str] = []
    for name in inputs.factors:
        is_use, is_count = name.startswith("uses "), name == "technologies known" or name.startswith("technologies in ")
        kinds.append(AS_USE if is_use else AS_COUNT if is_count else AS_TEXT)
        words += (phrase(name, "no"), phrase(name, "yes"), "") if is_use else counted(name) if is_count else ("", "", "")
    keyword_sets = tuple(set_of.get(name) for name in inputs.factors)
    return FactorNames(inputs.factors, keyword_sets, np.array(kinds, np.int32), columns, tuple(words))


def columns(names: FactorNames, values: FactorValues, static: SparseRows, top: TopFactors, *, most: int) -> dict[str, pa.Array]:
    """The columns factors_for, factors_against and top_factors.

    Args:
        names: of the model.
        values: of the batch.
        static: the model's columns of the batch.
        top: the factors of each row.
        most: no account has more technologies.
    """
    texts, place, pool, phrases = _texts(names, values, top, most)
    codes = [_value_codes(ids, names.kinds, names.columns, place, texts, *static, most + 1) for ids in (top.for_ids, top.against_ids)]
    return written(names, top, codes, pa.array(pool), phrases=pa.array(phrases), no=most + 1)


def written(
    names: FactorNames, top: TopFactors, codes: Sequence[Array], pool: pa.StringArray, *, phrases: pa.StringArray | None = None, no: int = 0
) -> dict[str, pa.Array]:
    """The same of factors whose values are known.

    Args:
        names: of the model.
        top: the factors of each row.
        codes: the places of their values in the pool of texts, for and against.
        pool: the texts.
        phrases: for each text of AS_TEXT what the line of words says.
        no: the place of "no" in the pool.
    """
    texts_of_names = pa.array(names.names)
    sides = ((top.for_ids, top.for_values, codes[0]), (top.against_ids, top.against_values, codes[1]))
    listed = [_listed(texts_of_names, pool, *side) for side in sides]
    said = pool[:0] if phrases is None else phrases
    pieces = pa.concat_arrays([pool, said, pa.array([*names.words, *WORDS])])
    ends, chosen = _pieces(top.for_ids, codes[0], top.against_ids, codes[1], names.kinds, len(pool), len(pool) + len(said), no)
    return {"factors_for": listed[0], "factors_against": listed[1], "top_factors": _lines(ends, chosen, pieces)}


def _texts(names: FactorNames, values: FactorValues, top: TopFactors, most: int) -> tuple[Array, Array, list[str], list[str]]:
    """Of the factors that are texts a line each of codes by row, and the factors' lines.

    And the texts (numbers, no, yes, then the others), each with its phrase, which numbers, no and yes lack.
    """
    pool = [*map(str, range(most + 1)), "no", "yes"]
    phrases = [""] * len(pool)
    is_listed = np.zeros(len(names.names) + 1, bool)
    is_listed[top.for_ids] = is_listed[top.against_ids] = True
    place, lines = np.full(len(names.names), -1, np.int32), [np.zeros(len(top.margin), np.int32)]
    for factor in np.flatnonzero(is_listed[:-1] & (names.kinds == AS_TEXT)):
        asked = names.names[factor], names.keyword_sets[factor]
        texts = values.of(*asked)
        place[factor] = len(lines)
        lines.append(texts.codes + np.int32(len(pool)))
        pool += texts.values
        phrases += values.phrases(*asked)
    return np.stack(lines), place, pool, phrases


def _listed(names: pa.StringArray, values: pa.StringArray, ids: Array, contributions: Array, codes: Array) -> pa.ListArray:
    is_kept = ids >= 0
    ends = np.concatenate([[0], np.cumsum(is_kept.sum(axis=1))]).astype(np.int32)
    entries = [names.take(pa.array(ids[is_kept])), values.take(pa.array(codes[is_kept])), pa.array(contributions[is_kept])]
    return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays(entries, ["factor", "value", "contribution"]))


def _lines(ends: Array, chosen: Array, pieces: pa.StringArray) -> pa.StringArray:
    _, offsets, data = pieces.buffers()
    starts = np.frombuffer(offsets, np.int32, len(pieces) + 1, pieces.offset * 4)
    lengths, text = _joined(ends, chosen, starts, np.frombuffer(data, np.uint8))
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(lengths), pa.py_buffer(text))


@compiled
def _value_codes(
    ids: Array, kinds: Array, columns: Array, place: Array, texts: Array, indptr: Array, indices: Array, values: Array, no: int
) -> Array:
    """The place of each listed factor's value among the texts; -1 where none is listed."""
    codes = np.full(ids.shape, -1, np.int32)
    for row in range(ids.shape[0]):
        for i in range(ids.shape[1]):
            factor = ids[row, i]
            if factor < 0:
                break
            if kinds[factor] == AS_TEXT:
                codes[row, i] = texts[place[factor], row]
                continue
            value = 0.0
            for entry in range(indptr[row], indptr[row + 1]):
                if indices[entry] == columns[factor]:
                    value = values[entry]
                    break
            codes[row, i] = value if kinds[factor] == AS_COUNT else no + (value > 0)
    return codes


@compiled
def _pieces(
    for_ids: Array, for_codes: Array, against_ids: Array, against_codes: Array, kinds: Array, phrases: int, words: int, no: int
) -> tuple[Array, Array]:
    """What each line is put together from: ends by row, and places among the texts, which are followed by phrases, words and WORDS."""
    n, joints = len(for_ids), words + 3 * len(kinds)
    ends, pieces, used = np.zeros(n + 1, np.int64), np.empty(n * (3 + 2 * 4 * IN_WORDS), np.int32), 0
    for row in range(n):
        for side in range(2):
            ids, codes = (for_ids[row], for_codes[row]) if side == 0 else (against_ids[row], against_codes[row])
            if ids[0] >= 0 and used > ends[row]:
                pieces[used] = joints + NEXT_SIDE
                used += 1
            for i in range(min(IN_WORDS, len(ids))):
                if ids[i] < 0:
                    break
                pieces[used] = joints + (NEXT_FACTOR if i else FOR if side == 0 else AGAINST)
                used = _add(pieces, used + 1, codes[i], kinds[ids[i]], phrases, words + 3 * ids[i], no)
        ends[row + 1] = used
    return ends, pieces[:used]


@compiled
def _add(pieces: Array, used: int, code: int, kind: int, phrases: int, words: int, no: int) -> int:
    """Adds the pieces of one factor, whose words begin at `words`; returns the number of pieces."""
    if kind == AS_TEXT:
        pieces[used] = phrases + code
    elif kind == AS_USE:
        pieces[used] = words + code - no
    elif kind == AS_COUNT and code < 2:
        pieces[used] = words + code
    elif kind == AS_COUNT:
        pieces[used], pieces[used + 1] = code, words + 2
        return used + 2
    else:
        pieces[used], pieces[used + 1], pieces[used + 2] = words, code, words + 1
        return used + 3
    return used + 1


@compiled
def _joined(ends: Array, chosen: Array, starts: Array, text: Array) -> tuple[Array, Array]:
    """The texts put together: offsets and bytes, as Arrow has them."""
    offsets, size = np.zeros(len(ends), np.int32), 0
    for row in range(len(ends) - 1):
        for i in range(ends[row], ends[row + 1]):
            size += starts[chosen[i] + 1] - starts[chosen[i]]
        offsets[row + 1] = size
    joined, used = np.empty(size, np.uint8), 0
    for i in range(len(chosen)):
        for byte in range(starts[chosen[i]], starts[chosen[i] + 1]):
            joined[used] = text[byte]
            used += 1
    return offsets, joined
