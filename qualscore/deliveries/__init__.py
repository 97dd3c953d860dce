"""The only reader of delivered files and databases, and of the folder of names that vendors give to their columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns import DomainRules, StageWords
from qualscore.columns.crm import parts
from qualscore.columns.hosts import shared_hosts
from qualscore.config import ROOT, Source
from qualscore.contracts import Contract
from qualscore.deliveries import databases, files, formats, staged
from qualscore.deliveries.blanks import without_blanks
from qualscore.deliveries.csv_files import all_records, repeated
from qualscore.deliveries.file_names import example_of, named_value
from qualscore.deliveries.headers import of_a_row
from qualscore.deliveries.opening import Part, open_part
from qualscore.deliveries.recognition import Recognised, headerless, missing, recognise
from qualscore.errors import ConfigurationError, DataError
from qualscore.ingest import Delivery
from qualscore.ingest.delivery import quoted
from qualscore.parallel import side_by_side
from qualscore.paths import shown
from qualscore.yaml_files import load_mapping

__all__ = ["Delivery", "domain_rules", "explained", "read", "read_all", "remove_staged", "stage_words"]

# Columns that hold several values themselves.
SEVERAL = ("products",)


@dataclass(frozen=True)
class _Opened:
    """A delivery whose headers are known and whose rows are not read yet.

    Attributes:
        names: the headers.
        rows: reads it.
        place: the name of a table, of which there are no files.
        files: their names as delivered.
        findings: what is wrong with the files.
        types: header and type, where there are any.
        broken: why a row with a `_surplus` is refused.
        remarks: what a person should know of how the files are read.
    """

    names: tuple[str, ...]
    rows: Callable[[], DataFrame]
    place: str = ""
    files: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    broken: str = "TOO_MANY_CELLS"
    remarks: tuple[str, ...] = ()


def read(spark: SparkSession, source: Source, contract: Contract) -> Delivery:
    """A source's file, the files of its folder or pattern, or its database table as text, its headers mapped to the contract.

    What a file is, its bytes tell: CSV in any encoding, JSON, Parquet, a workbook, packed or not; a Delta table by its log. A file that
    Spark cannot read as it is, is copied to the staging folder (`remove_staged`).

    Raises:
        ConfigurationError: no such file, a mapping that cannot be used, a database that cannot be reached.
        DataError: an empty file, a repeated header, no column for a required one; all findings of the file at once.
    """
    opened = _open(spark, source, contract)
    recognised = recognise(source.mapping, contract, opened.names, source.name)
    named, unnamed, remarks = _named(recognised, opened.files or (opened.place,))
    findings = [
        *opened.findings,
        *repeated(opened.names),
        *missing(recognised, contract, opened.names, tuple(recognised.how.file_name)),
        *unnamed,
    ]
    if findings:
        findings += of_a_row(opened.names)
        raise DataError("\n".join([f"{source.place}: does not fit {contract.table} (source {source.id})", *(f"  {it}" for it in findings)]))
    return _delivery(source, opened, recognised, named, (*opened.remarks, *remarks))


def _named(recognised: Recognised, files: Sequence[str]) -> tuple[dict[str, dict[str, str | None]], list[str], list[str]]:
    """By column and file what the file's name tells; what is missing there; and what was taken off a name."""
    values: dict[str, dict[str, str | None]] = {}
    findings, remarks = [], []
    for column, pattern in recognised.how.file_name.items():
        of_file = {file: named_value(_speaking(file), pattern) for file in files}
        values[column] = {file: value for file, (value, _) in of_file.items()}
        silent = [_speaking(file) for file, (value, _) in of_file.items() if value is None]
        if silent and column not in recognised.mapping:
            findings.append(
                f"no column for {column}, and the file's name does not tell it either ({', '.join(silent[:3])}): name it like "
                f"{example_of(pattern, column)}, or add a column {column}"
            )
        remarks += [f"{file}: {column} is '{value}', from the file's name" for file, (value, is_cut) in of_file.items() if is_cut]
    return values, findings, remarks


def _speaking(file: str) -> str:
    """The name that tells something: of a folder of parts the folder's."""
    *_, folder, name = ["", *file.split("/")]
    return folder if name.startswith("part-") and folder else name


def _delivery(
    source: Source, opened: _Opened, recognised: Recognised, named: Mapping[str, Mapping[str, str | None]], remarks: tuple[str, ...]
) -> Delivery:
    how, best = recognised.how, recognised.chosen
    taken = {*best.mapping.values(), *best.others.values(), *best.currencies.values()}
    values = {f"_named_{name}": _of_file(of_file) for name, of_file in named.items()}
    rows = split(without_blanks(opened.rows(), opened.names), recognised)
    return Delivery(
        rows.withColumns(values) if values else rows,
        opened.names,
        recognised.mapping,
        tuple(name for name in opened.names if name not in taken),
        dates=source.dates or how.dates,
        scale=how.scale,
        nothing=how.nothing,
        named=tuple(how.file_name),
        others=best.others,
        currencies=best.currencies,
        codes=best.codes,
        stages=how.stages,
        separators=how.separators,
        types=dict(opened.types),
        has_footer=how.footer,
        broken=opened.broken,
        files=opened.files,
        remarks=remarks,
    )


def split(rows: DataFrame, recognised: Recognised) -> DataFrame:
    """The rows with one for each of several values in a cell of a column that holds one (separators of the mapping)."""
    several = {
        recognised.mapping[name]: signs
        for name, signs in recognised.how.separators.items()
        if name in recognised.mapping and name not in SEVERAL
    }
    for header, signs in several.items():
        cell = F.col(quoted(header))
        rows = rows.withColumn(header, F.explode_outer(F.array_distinct(F.array_remove(parts(cell, signs), ""))))
    return rows


def _of_file(values: Mapping[str, str | None]) -> Column:
    different = set(values.values())
    if len(different) == 1:
        return F.lit(different.pop()).cast("string")
    return F.element_at(F.create_map(*(F.lit(it).cast("string") for pair in values.items() for it in pair)), F.col("_file"))


def _open(spark: SparkSession, source: Source, contract: Contract) -> _Opened:
    if source.jdbc:
        return _typed(databases.table(spark, source.jdbc, source.id), source.jdbc.table)
    path = str(source.path)
    if formats.is_delta(spark, path):
        return _typed(formats.read(spark, path, "delta"), path)
    own = headerless(source.mapping, contract, source.name)
    parts = _parts(spark, source, own)
    names, remarks = tuple(files.plain(part.file) for part in parts), tuple(it for part in parts for it in part.remarks)
    first = parts[0]
    kinds = {part.form: files.plain(part.file) for part in reversed(parts)}
    if len(kinds) > 1:
        raise DataError(f"{path}: holds files of several kinds ({', '.join(kinds.values())}); name those of one kind, such as *.csv")
    if first.head is None:
        form: formats.Form = "json" if first.form == "json" else "parquet"
        frame = formats.read(spark, path, form, parts)
        opened = _typed(frame, path, "NOT_JSON" if form == "json" else "TOO_MANY_CELLS", parts)
        return replace(opened, files=names, remarks=remarks)
    head = first.head
    findings = [f"{files.plain(it.file)} has other headers than {names[0]}" for it in parts if it.head and it.head.names != head.names]
    return _Opened(head.names, lambda: all_records(spark, parts), files=names, findings=tuple(findings), remarks=remarks)


def _parts(spark: SparkSession, source: Source, own: tuple[str, ...]) -> list[Part]:
    """Each file looked into, side by side.

    Raises:
        ConfigurationError, DataError: what is wrong with all of them.
    """

    def opened(file: str) -> Part | ConfigurationError | DataError:
        try:
            return open_part(spark, file, encoding=source.encoding, sheet=source.sheet, own=own, among=len(listed))
        except (ConfigurationError, DataError) as error:
            return error

    listed = files.listed(spark, str(source.path))
    parts_or_errors = side_by_side(opened, listed)
    errors = [it for it in parts_or_errors if isinstance(it, Exception)]
    if errors:
        raise _together(errors)
    return [it for it in parts_or_errors if isinstance(it, Part)]


def _together(errors: Sequence[Exception]) -> ConfigurationError | DataError:
    """One error that says what all say; of configuration where one of them is."""
    kind = ConfigurationError if any(isinstance(it, ConfigurationError) for it in errors) else DataError
    return kind("\n".join(dict.fromkeys(map(str, errors))))


def _typed(frame: DataFrame, place: str, broken: str = "TOO_MANY_CELLS", parts: Sequence[Part] = ()) -> _Opened:
    fields = [field for field in frame.schema.fields if field.name != formats.BROKEN]
    types = tuple((field.name, field.dataType.simpleString()) for field in fields)
    if not fields:
        raise DataError(f"{place}: has no column")
    names = tuple(field.name for field in fields)
    return _Opened(names, lambda: formats.as_text(frame, place, parts), place, types=types, broken=broken)


def read_all(spark: SparkSession, sources: Sequence[Source]) -> list[tuple[Source, Delivery]]:
    """Each source with its delivery, in order.

    Raises:
        ConfigurationError: findings of all sources in one message; where none is of configuration, a DataError.
    """
    read_ones, errors = [], []
    for source in sources:
        try:
            read_ones.append((source, read(spark, source, contracts.load(f"clean/{source.table}"))))
        except (ConfigurationError, DataError) as error:
            errors.append(error)
    if errors:
        # What is read although its name says something else belongs to the same message: it may be what was not meant.
        others = [f"{it} (that one is read)" for _, delivery in read_ones for it in delivery.remarks]
        whole = _together(errors)
        raise type(whole)("\n".join([str(whole), *others]))
    return read_ones


def explained(spark: SparkSession, error: Exception, sources: Sequence[Source]) -> DataError | None:
    """What a failure while rows were read says of these deliveries; None when it is no fault of theirs."""
    if not files.is_damage(str(error)):
        return None
    # Spark names the file in some of these failures only: so each is unpacked once more, to the end.
    listed = [it for source in sources if source.path for it in files.listed(spark, source.path)]
    broken = [shown(it) for it in listed if not files.is_whole(spark, it)]
    return DataError("\n".join(f"{it}: {files.DAMAGED}" for it in broken)) if broken else None


def remove_staged(spark: SparkSession) -> None:
    """Frees the copies that `read` has made."""
    staged.remove(spark)


def domain_rules(extra_suffixes: Sequence[str] = ()) -> DomainRules:
    """The rules for domains: own suffixes, and the hosts of conf/shared_hosts.yml."""
    lists = load_mapping(ROOT / "conf" / "shared_hosts.yml")
    platforms, redirects, builders = (shared_hosts(lists[name]) for name in ("platforms", "redirects", "builders"))
    return DomainRules(tuple(extra_suffixes), platforms, redirects, builders)


def stage_words() -> StageWords:
    """What deals' stages are called: the words of conf/deal_stages.yml."""
    return StageWords.of(load_mapping(ROOT / "conf" / "deal_stages.yml"))
