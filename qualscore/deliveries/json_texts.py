"""JSON in whatever form tools write it, as one record a line: arrays, records over many lines, an object around the records."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from qualscore.deliveries.byte_streams import DAMAGED
from qualscore.errors import DataError

AT_ONCE = 1 << 20
AROUND = ("data", "results", "records", "items", "value", "values", "rows", "companies", "accounts", "contacts", "deals", "objects", "list")


def is_one_a_line(head: str) -> bool:
    r"""Whether a text holds one record a line, and no object around all of them.

    >>> is_one_a_line('{"a": 1}\n{"a": 2}'), is_one_a_line('[{"a": 1}]'), is_one_a_line('{"data": [{"a": 1}]}')
    (True, False, False)
    """
    first, end, rest = head.lstrip("\ufeff \t\r\n").partition("\n")
    try:
        record = json.loads(first)
    except ValueError:
        return bool(rest.lstrip().startswith("{")) and first.startswith("{") and first.strip() != "{"
    return isinstance(record, dict) and (bool(end and rest.strip()) or _within(record) is None)


def records(text: TextIO, place: str) -> Iterator[str]:
    """Each record of a JSON text on a line of its own, as it is written there.

    Raises:
        DataError: it holds no records, is cut or is no JSON from some place on.
    """
    reader = _Reader(text, place)
    is_array = reader.take("[")
    count = 0
    while not reader.take("]" if is_array else ""):
        record, written = reader.value()
        if not isinstance(record, dict):
            raise DataError(f"{place}: is JSON of values ({str(record)[:40]}), not of records; deliver an array of objects, or JSON lines")
        inner = _within(record) if not is_array and not count and reader.is_at_end() else None
        for text_of_record in [written] if inner is None else (json.dumps(it, ensure_ascii=False) for it in inner):
            yield " ".join(text_of_record.splitlines())
            count += 1
        reader.take(",")
    if not count:
        raise DataError(f"{place}: holds no record; deliver it again, or take the source out of the configuration")


def _within(record: dict[str, Any]) -> list[Any] | None:
    """The records that an object holds as its only list, as answers of web services do."""
    lists = {name: it for name, it in record.items() if isinstance(it, list) and it and all(isinstance(one, dict) for one in it)}
    if len(lists) != 1:
        return None
    ((name, inner),) = lists.items()
    return inner if name.lower() in AROUND or (len(inner) > 1 and len(record) == 1) else None


class _Reader:
    """Takes values off a text that is longer than what is held of it."""

    def __init__(self, text: TextIO, place: str) -> None:
        self._text, self._place = text, place
        self._held, self._at, self._is_all = "", 0, False
        self._decoder = json.JSONDecoder()

    def take(self, sign: str) -> bool:
        """Whether the text goes on with the sign, which is then taken; for no sign, whether it is at its end."""
        if self.is_at_end():
            if sign == "]":
                raise DataError(f"{self._place}: {DAMAGED}")
            return not sign
        is_there = bool(sign) and self._held[self._at] == sign
        self._at += is_there
        return is_there

    def is_at_end(self) -> bool:
        while True:
            while self._at < len(self._held) and self._held[self._at] in " \t\r\n\ufeff":
                self._at += 1
            if self._at < len(self._held) or not self._more():
                return self._at >= len(self._held)

    def value(self) -> tuple[Any, str]:
        """The next value, and its text as written."""
        while True:
            try:
                record, end = self._decoder.raw_decode(self._held, self._at)
                written, self._at = self._held[self._at : end], end
                return record, written
            except ValueError:
                # Read twice as much each time: a record may be long, and whether it is broken is only known at the text's end.
                if not self._more(max(AT_ONCE, len(self._held) - self._at)):
                    around = " ".join(self._held[self._at : self._at + 60].split())
                    raise DataError(f"{self._place}: is no JSON from here on, or is cut: {around!r}; deliver it again") from None

    def _more(self, size: int = AT_ONCE) -> bool:
        block = "" if self._is_all else self._text.read(size)
        self._is_all = not block
        if block:
            self._held, self._at = self._held[self._at :] + block, 0
        return bool(block)
