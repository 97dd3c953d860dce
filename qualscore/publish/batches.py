"""Rows in batches: by number, and by number and bytes."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import islice
from typing import TypeVar

from qualscore.publish.rows import Value

Item = TypeVar("Item")


def by_number(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """Lists of at most so many items, in their order.

    >>> list(by_number(range(5), 2))
    [[0, 1], [2, 3], [4]]
    """
    rest = iter(items)
    while batch := list(islice(rest, most)):
        yield batch


def by_bytes(
    items: Iterable[Item], encode: Callable[[Item], bytes], *, most_bytes: int, most_items: int, header: bytes = b""
) -> Iterator[tuple[list[Item], bytes]]:
    """Batches with their content: a header and the items one after the other, within both limits. One item that is too large is alone.

    >>> list(by_bytes(["aa", "bb", "c"], str.encode, most_bytes=5, most_items=9, header=b"h"))
    [(['aa', 'bb'], b'haabb'), (['c'], b'hc')]
    """
    batch: list[Item] = []
    content = bytearray(header)
    for item in items:
        encoded = encode(item)
        if batch and (len(content) + len(encoded) > most_bytes or len(batch) == most_items):
            yield batch, bytes(content)
            batch, content = [], bytearray(header)
        batch.append(item)
        content += encoded
    if batch:
        yield batch, bytes(content)


def csv_line(cells: Sequence[Value]) -> bytes:
    r"""A line of CSV in UTF-8 that ends with LF.

    >>> csv_line(["a,b", 'c"d', 5, None, "x\ny"])
    b'"a,b","c""d",5,,"x\ny"\n'
    """
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def csv_rows(content: bytes) -> list[Mapping[str, str]]:
    """The rows of a CSV by the names of its header."""
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))
