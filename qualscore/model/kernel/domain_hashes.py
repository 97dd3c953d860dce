"""Spark's xxhash64 and the draws made from it, without Spark: a frame of pandas falls into the same folds as a table.

Spark hashes its columns in turn, the hash of one being the seed of the next (XXH64, Yann Collet; the first seed is 42); a null
changes nothing.
"""

import numpy as np
import pyarrow as pa

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.tree_kernel import compiled

SEED = 42
_P1, _P2, _P3, _P4, _P5 = map(
    np.uint64, (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
)


def hashes(domains: pa.Array) -> Array:
    """What `xxhash64(domain)` gives of each row: int64."""
    texts = domains.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8)
    content = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    is_null = texts.is_null().to_numpy(zero_copy_only=False)
    return _hash_texts(content, starts, is_null, SEED).view(np.int64)


def draws(domain_hashes: Array, purpose: str, n: int, *, seed: int, repeat: int = 0) -> Array:
    """What `draws.draw` gives of each domain, by its hash: int32, 0 to n - 1."""
    drawn = domain_hashes.view(np.uint64)
    for content in (purpose.encode(), _number(seed), _number(repeat)):
        drawn = _hash_again(np.frombuffer(content, np.uint8), drawn)
    places: Array = np.mod(drawn.view(np.int64), n).astype(np.int32)
    return places


def _number(number: int) -> bytes:
    """The bytes of a number that Spark hashes for a literal of Python: an int where it fits, else a bigint."""
    return number.to_bytes(4 if -(2**31) <= number < 2**31 else 8, "little", signed=True)


@compiled
def _hash_texts(content: Array, starts: Array, is_null: Array, seed: int) -> Array:
    hashed = np.full(len(is_null), np.uint64(seed), np.uint64)
    for row in range(len(is_null)):
        if not is_null[row]:
            hashed[row] = _hashed(content[starts[row] : starts[row + 1]], np.uint64(seed))
    return hashed


@compiled
def _hash_again(content: Array, seeds: Array) -> Array:
    hashed = np.empty(len(seeds), np.uint64)
    for row in range(len(seeds)):
        hashed[row] = _hashed(content, seeds[row])
    return hashed


@compiled
def _rotated(value: np.uint64, bits: int) -> np.uint64:
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


@compiled
def _word(content: Array, at: int, size: int) -> np.uint64:
    """Bytes as a little-endian number."""
    word = np.uint64(0)
    for place in range(size):
        word |= np.uint64(content[at + place]) << np.uint64(8 * place)
    return word


@compiled
def _round(lane: np.uint64, word: np.uint64) -> np.uint64:
    return _rotated(lane + word * _P2, 31) * _P1


@compiled
def _hashed(content: Array, seed: np.uint64) -> np.uint64:
    """XXH64 of some bytes."""
    size, at = len(content), 0
    if size >= 32:
        hashed, at = _hashed_blocks(content, seed)
    else:
        hashed = seed + _P5
    hashed += np.uint64(size)
    while at + 8 <= size:
        hashed = _rotated(hashed ^ _round(np.uint64(0), _word(content, at, 8)), 27) * _P1 + _P4
        at += 8
    if at + 4 <= size:
        hashed = _rotated(hashed ^ (_word(content, at, 4) * _P1), 23) * _P2 + _P3
        at += 4
    while at < size:
        hashed = _rotated(hashed ^ (np.uint64(content[at]) * _P5), 11) * _P1
        at += 1
    hashed = (hashed ^ (hashed >> np.uint64(33))) * _P2
    hashed = (hashed ^ (hashed >> np.uint64(29))) * _P3
    return hashed ^ (hashed >> np.uint64(32))


@compiled
def _hashed_blocks(content: Array, seed: np.uint64) -> tuple[np.uint64, int]:
    """What four lanes make of all whole blocks of 32 bytes, and how many bytes those are."""
    first, second, third, fourth = seed + _P1 + _P2, seed + _P2, seed, seed - _P1
    at = 0
    while at + 32 <= len(content):
        first, second = _round(first, _word(content, at, 8)), _round(second, _word(content, at + 8, 8))
        third, fourth = _round(third, _word(content, at + 16, 8)), _round(fourth, _word(content, at + 24, 8))
        at += 32
    hashed = _rotated(first, 1) + _rotated(second, 7) + _rotated(third, 12) + _rotated(fourth, 18)
    for lane in (first, second, third, fourth):
        hashed = (hashed ^ _round(np.uint64(0), lane)) * _P1 + _P4
    return hashed, at
