"""Quotes that are not closed where they should be: they make one cell of the records below them, and nothing else would tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

SAMPLE, ENOUGH = 200, 20
# What a column may hold in nearly all records: an address of the web, or a number or date.
SHAPES = (re.compile(rb"^[^\s@,;]*[^\s,;]+[.][a-zA-Z][^\s,;]*$"), re.compile(rb"^[-+0-9.,:/'$% ]*[0-9][-+0-9.,:/'$% ]*$"))
SHARE, LEAST_COLUMNS = 0.8, 4


@dataclass(frozen=True)
class OpenQuote:
    """A quote that swallows records.

    Attributes:
        line: of the file where the quote opens, the first being 1.
        until: the line whose quote ends the cell; None where none does.
        cell: the beginning of the cell.
    """

    line: int
    until: int | None
    cell: str

    def __str__(self) -> str:
        """The quote in words, with what to do."""
        end = (
            f"the lines up to {self.until} look like records of their own" if self.until else "all lines below it would be part of its cell"
        )
        return f"line {self.line}: a quote opens ({self.cell}) and is not closed on its line, and {end}; close the quote, or take it out"


def one_line_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The same text with \n at the end of each line, whatever was there: \r\n, \r\r\n or \r.

    >>> b"".join(one_line_end([b"a\r", b"\nb\r\r\nc\rd\n"]))
    b'a\nb\nc\nd\n'
    """
    held = b""
    for block in blocks:
        text = held + block
        kept = text.rstrip(b"\r")
        held = text[len(kept) :]
        yield _with_one_end(kept)
    if held:
        yield b"\n"


@dataclass
class LineEnds:
    r"""Counts how lines end: where in several ways, Spark takes the first for all.

    >>> ends = LineEnds()
    >>> [(ends.feed(block), ends.are_mixed)[1] for block in (b"a\r", b"\nb\r\n", b"c\n")]
    [False, False, True]
    """

    _returns: int = 0
    _feeds: int = 0
    _both: int = 0
    _last: bytes = b""

    def feed(self, block: bytes) -> None:
        """Takes the next block."""
        self._returns, self._feeds = self._returns + block.count(b"\r"), self._feeds + block.count(b"\n")
        self._both += block.count(b"\r\n") + (self._last == b"\r" and block.startswith(b"\n"))
        self._last = block[-1:]

    @property
    def are_mixed(self) -> bool:
        """Whether lines end in several ways."""
        return not (self._returns == 0 or self._feeds == 0 or self._returns == self._feeds == self._both)


def _with_one_end(text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    return text.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@dataclass
class EscapedQuotes:
    r"""Whether quotes within cells have a backslash before them, as databases write them, in place of another quote.

    >>> are_escaped = []
    >>> for text in (b'"a \\"b\\" c",d\n', b'"5\\"",d\n', b'"a ""b"" c",d\n', b'"C:\\a\\",d\n', b'"a \\"b\\", ""c"" d"\n'):
    ...     quotes = EscapedQuotes(b",")
    ...     quotes.feed(text)
    ...     are_escaped.append(quotes.are_there)
    >>> are_escaped
    [True, True, False, False, False]
    """

    delimiter: bytes
    _escaped: bool = False
    _doubled: bool = False

    def feed(self, text: bytes) -> None:
        """Takes some whole lines, or what comes near them."""
        if self._doubled or b'\\"' not in text:  # a search for bytes, of all files; patterns take longer
            return
        sign = re.escape(self.delimiter)
        self._doubled = re.search(rb'[^\\"\n%b](?:""[^"\n%b]|"""[\n%b])' % (sign, sign, sign), text) is not None
        self._escaped = self._escaped or re.search(rb'\\"(?:[^"\n%b]|"[\n%b])' % (sign, sign), text) is not None

    @property
    def are_there(self) -> bool:
        """Whether some have a backslash, and none another quote."""
        return self._escaped and not self._doubled


def doubled(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The same text with another quote in place of a backslash before a quote, and one backslash in place of two.

    >>> b"".join(doubled([b'"a \\', b'"b\\\\","c"']))
    b'"a ""b\\","c"'
    """
    held = b""
    for block in blocks:
        text = held + block
        held = text[len(text.rstrip(b"\\")) :]
        yield re.sub(rb'\\(["\\])', lambda it: b'""' if it[1] == b'"' else b"\\", text[: len(text) - len(held)])
    if held:
        yield held


@dataclass
class QuoteCheck:
    """Reads a CSV text block by block, in UTF-8 or another encoding with ASCII in it, and stops at the first quote that swallows records.

    Lines with an even number of quotes are only counted: a few nanoseconds a byte.

    Attributes:
        delimiter: between cells.
        line: number of the first line that is fed.
        quote: the first one that swallows records; None as long as there is none.
    """

    delimiter: bytes
    line: int = 1
    quote: OpenQuote | None = None
    _left: bytes = b""
    _columns: int = 0
    _shapes: dict[int, re.Pattern[bytes]] = field(default_factory=dict)
    _opening: tuple[int, bytes] | None = None
    _looked_at: int = 0
    _alike: int = 0

    def feed(self, block: bytes) -> None:
        r"""Takes the next block, its lines ending with \n."""
        if self.quote:
            return
        lines, end, self._left = (self._left + block).rpartition(b"\n")
        if end:
            self._read(lines + end)

    def finish(self) -> OpenQuote | None:
        """What is wrong, once all blocks are read."""
        if self._left:
            self.feed(b"\n")
        if self._opening and not self.quote:
            self._name(None)
        return self.quote

    def _read(self, text: bytes) -> None:
        if not self._columns:
            self._learn(text)
        content = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(content == ord('"'))
        ends = np.flatnonzero(content == ord("\n"))
        if len(quotes) or self._opening:
            counts = np.diff(np.searchsorted(quotes, ends), prepend=0)
            self._walk(text, ends, counts)
        self.line += len(ends)

    def _walk(self, text: bytes, ends: "np.typing.NDArray[np.intp]", counts: "np.typing.NDArray[np.intp]") -> None:
        odd, place = np.flatnonzero(counts & 1), 0
        while place < len(ends) and not self.quote:
            if self._opening is None:
                ahead = odd[np.searchsorted(odd, place) :]
                if not len(ahead):
                    return
                place = int(ahead[0])
            line = text[(int(ends[place - 1]) + 1 if place else 0) : int(ends[place])]
            self._step(line, self.line + place)
            place += 1

    def _step(self, line: bytes, number: int) -> None:
        """One line within a cell, or one that may open a cell."""
        is_open = self._leaves_open(line, is_open=self._opening is not None)
        if self._opening is None:
            if is_open:
                self._opening, self._looked_at, self._alike = (number, line), 0, 0
            return
        if not is_open and not self._looked_at:
            # Two lines: each would be a record of its own.
            both = (line.replace(b'"', b""), self._opening[1].replace(b'"', b""))
            if self._is_telling and all(map(self._is_record, both)):
                self._name(number)
        elif not is_open or self._looked_at >= ENOUGH:
            if self._are_records():
                self._name(number)
        else:
            self._looked_at += 1
            self._alike += self._is_record(line)
        if not is_open:
            self._opening = None

    @property
    def _is_telling(self) -> bool:
        """Whether one line tells that it is a record: columns of a shape, or many columns."""
        return bool(self._shapes) or self._columns >= LEAST_COLUMNS

    def _are_records(self) -> bool:
        """Whether the lines within a cell are records; of few columns without a shape all are, and several."""
        if self._is_telling:
            return 2 * self._alike >= self._looked_at
        return self._alike == self._looked_at > LEAST_COLUMNS - self._columns

    def _name(self, until: int | None) -> None:
        number, line = self._opening or (0, b"")
        cell = line[self._place_of_opening(line) :].decode("utf-8", errors="replace")
        self.quote = OpenQuote(number, until, cell[:40] + ("..." if len(cell) > 40 else ""))

    def _leaves_open(self, line: bytes, *, is_open: bool) -> bool:
        """Whether a cell goes on below the line. A quote within a cell that does not begin with one is a letter like others."""
        place = 0
        while True:
            if is_open:
                quote = line.find(b'"', place)
                if quote < 0:
                    return True
                if line[quote + 1 : quote + 2] == b'"':
                    place = quote + 2
                    continue
                is_open, place = False, quote + 1
            elif line[place : place + 1] == b'"':
                is_open, place = True, place + 1
                continue
            after = line.find(self.delimiter, place)
            if after < 0:
                return False
            place = after + 1

    def _place_of_opening(self, line: bytes) -> int:
        places = [it.start() for it in re.finditer(rb'"', line)]
        return next((it for it in reversed(places) if it == 0 or line[it - 1 : it] == self.delimiter), 0)

    def _learn(self, text: bytes) -> None:
        """What records look like: their number of cells, and the columns of which nearly all cells have the same shape."""
        header, *lines = text.lstrip(b"\n").split(b"\n", SAMPLE)
        self._columns = len(_cells(header, self.delimiter))
        rows = [cells for line in lines[:SAMPLE] if len(cells := _cells(line, self.delimiter)) == self._columns]
        for place in range(self._columns):
            filled = [row[place] for row in rows if row[place].strip()]
            for shape in SHAPES:
                if len(filled) >= 2 and sum(shape.match(it.strip()) is not None for it in filled) >= SHARE * len(filled):
                    self._shapes.setdefault(place, shape)

    def _is_record(self, line: bytes) -> bool:
        cells = _cells(line, self.delimiter)
        if len(cells) != self._columns or self._columns < 2:
            return False
        return all(not cells[place].strip() or shape.match(cells[place].strip()) for place, shape in self._shapes.items())


def _cells(line: bytes, delimiter: bytes) -> list[bytes]:
    """The cells of a line; a delimiter between two quotes is none."""
    plain = re.sub(rb'"[^"]*"', lambda it: it.group().strip(b'"').replace(delimiter, b" "), line) if b'"' in line else line
    return plain.split(delimiter)
