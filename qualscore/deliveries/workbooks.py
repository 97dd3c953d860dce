"""Workbooks of spreadsheets (xlsx, xlsm, xlsb, ods): one sheet, its cells with their types, as a Parquet file."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from qualscore.deliveries.csv_files import MISFIT, repeated
from qualscore.deliveries.headers import normalised, of_a_row
from qualscore.errors import ConfigurationError, DataError

# A sheet is read by the driver: what Excel's largest sheets hold at 50 columns. ROWS are written at a time.
MOST_CELLS, ROWS = 50_000_000, 20_000
NOTHING = ("", None)


def write_sheet(stream: BinaryIO, out: BinaryIO, *, sheet: str | None, place: str, own: Sequence[str] = ()) -> tuple[int, str]:
    """Writes the rows below the header of a sheet as Parquet; returns the header's line, and which sheet that was, in words.

    A column of one type keeps it (numbers, dates, moments, truth values); one of several is text.

    Args:
        stream: the workbook.
        out: where the Parquet file goes.
        sheet: its name; None for the first that is not hidden.
        place: the file, for messages.
        own: the names of the columns of a sheet that has no header.

    Raises:
        ConfigurationError: no such sheet.
        DataError: no workbook that can be read, an empty sheet, or one that is too large to be read here.
    """
    try:
        book = CalamineWorkbook.from_filelike(stream)
        chosen = _sheet(book, sheet, place)
    except CalamineError as error:
        raise DataError(f"{place}: the workbook cannot be read ({error}); open it and export the sheet as CSV") from None
    if chosen.total_height * chosen.total_width > MOST_CELLS:
        size = f"{chosen.total_height:,} rows of {chosen.total_width:,} columns"
        raise DataError(f"{place}: sheet '{chosen.name}' has {size}, more than is read of a workbook; export it as CSV")
    first, names = _header(chosen, place, own)
    findings = repeated(tuple(names))
    if findings:
        raise DataError("\n".join([f"{place}: sheet '{chosen.name}'", *(f"  {it}" for it in [*findings, *of_a_row(names)])]))
    kinds = _types(_rows(chosen, first, len(names)), len(names))
    # A column without a name and without a cell is only wide.
    types = {place: kind or pa.string() for place, kind in enumerate(kinds) if kind or names[place] != f"_column_{place + 1}"}
    schema = pa.schema([(names[place], kind) for place, kind in types.items()])
    rows, count = _rows(chosen, first, len(names)), 0
    with pq.ParquetWriter(out, schema) as writer:
        while batch := list(islice(rows, ROWS)):
            columns = [pa.array([_value(row[place], kind) for row in batch], kind) for place, kind in types.items()]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += len(batch)
    if not count:
        raise DataError(f"{place}: sheet '{chosen.name}' has a header and no rows; deliver it again, or name another with `sheet:`")
    others = [it for it in book.sheet_names if it != chosen.name]
    more = f"; the workbook has others ({', '.join(others[:8])}): name one with `sheet:`" if others and sheet is None else ""
    return first + 1, f"read sheet '{chosen.name}' of a workbook, {count:,} rows{more}"


def _sheet(book: CalamineWorkbook, name: str | None, place: str) -> CalamineSheet:
    visible = [it.name for it in book.sheets_metadata if it.visible == SheetVisibleEnum.Visible] or book.sheet_names
    if name is None:
        if not visible:
            raise DataError(f"{place}: is a workbook without a sheet")
        return book.get_sheet_by_name(visible[0])
    known = {it.strip().casefold(): it for it in book.sheet_names}
    if name.strip().casefold() not in known:
        raise ConfigurationError(f"{place}: sheet: there is no '{name}'; the workbook has {', '.join(book.sheet_names)}")
    return book.get_sheet_by_name(known[name.strip().casefold()])


def _header(sheet: CalamineSheet, place: str, own: Sequence[str]) -> tuple[int, list[str]]:
    """The row of the header, from 0: the first that has a cell; and the names in it. Without a header the row before the first."""
    for number, row in enumerate(sheet.iter_rows()):
        if any(cell not in NOTHING for cell in row):
            cells = [_text(cell) or "" for cell in row]
            if own and [*map(normalised, cells)] != [*map(normalised, own)]:
                if len(cells) != len(own):
                    raise DataError(f"{place}: {MISFIT.format(len(cells), len(own), ', '.join(own))}")
                return number - 1, [*own]
            return number, [cell.strip() or f"_column_{place}" for place, cell in enumerate(cells, start=1)]
    raise DataError(f"{place}: sheet '{sheet.name}' is empty; deliver it again with a header and rows, or name another with `sheet:`")


def _rows(sheet: CalamineSheet, header: int, width: int) -> Iterator[Sequence[Any]]:
    for row in islice(sheet.iter_rows(), header + 1, None):
        yield [*row[:width], *([None] * (width - len(row)))]


def _types(rows: Iterator[Sequence[Any]], width: int) -> list[pa.DataType | None]:
    """Of each column the type that all of its cells have, else text; None for one without a cell."""
    kinds_of: list[set[str]] = [set() for _ in range(width)]
    for row in rows:
        for kinds, cell in zip(kinds_of, row, strict=True):
            if cell not in NOTHING:
                kinds.add(_kind(cell))
    known = {
        frozenset({"bool"}): pa.bool_(),
        frozenset({"whole"}): pa.int64(),
        frozenset({"number"}): pa.float64(),
        frozenset({"whole", "number"}): pa.float64(),
        frozenset({"date"}): pa.date32(),
        frozenset({"moment"}): pa.timestamp("us"),
        frozenset({"date", "moment"}): pa.timestamp("us"),
    }
    return [known.get(frozenset(kinds), pa.string()) if kinds else None for kinds in kinds_of]


def _kind(cell: Any) -> str:
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, int | float):
        return "whole" if abs(cell) < 2**53 and cell == int(cell) else "number"
    if isinstance(cell, datetime):
        return "date" if cell.time() == time() else "moment"
    return "date" if isinstance(cell, date) else "text"


def _value(cell: Any, kind: pa.DataType) -> Any:
    if cell in NOTHING:
        return None
    if kind == pa.string():
        return _text(cell)
    if pa.types.is_date32(kind) and isinstance(cell, datetime):
        return cell.date()
    if pa.types.is_timestamp(kind) and not isinstance(cell, datetime):
        return datetime.combine(cell, time())
    return int(cell) if kind == pa.int64() else cell


def _text(cell: Any) -> str | None:
    """A cell of a column of several types, as a CSV export writes it."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)
