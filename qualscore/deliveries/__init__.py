"""The only reader of delivered files and databases, and of the folder of names that vendors give to their columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns import DomainRules, StageWords
from qualscore.columns.crm import parts
from qualscore.columns.hosts import shared_hosts
from qualscore.config import ROOT, Source
from qualscore.contracts import Contract
from qualscore.deliveries import databases, files, formats
from qualscore.deliveries.recognition import Recognised, headerless, missing, recognise
from qualscore.errors import ConfigurationError, DataError
from qualscore.ingest import Delivery
from qualscore.ingest.delivery import quoted
from qualscore.paths import shown
from qualscore.yaml_files import load_mapping

__all__ = ["Delivery", "domain_rules", "explained", "read", "read_all", "stage_words"]

# Columns that hold several values themselves.
SEVERAL = ("products",)


@dataclass(frozen=True)
class _Opened:
    """A delivery whose headers are known and whose rows are not read yet."""

    names: tuple[str, ...]
    rows: Callable[[], DataFrame]
    findings: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    broken: str = "TOO_MANY_CELLS"


def read(spark: SparkSession, source: Source, contract: Contract) -> Delivery:
    """A source's file, the files of its folder or pattern, or its database table as text, its headers mapped to the contract.

    CSV, JSON lines, Parquet and Delta are told apart by the name and content. Of CSV, only headers are read.

    Raises:
        ConfigurationError: no such file, a mapping that cannot be used, a database that cannot be reached.
        DataError: an empty file, a repeated header, no column for a required one; all findings of the file at once.
    """
    opened = _open(spark, source, contract)
    found = recognise(source.mapping, contract, opened.names, source.name)
    named = tuple(found.how.file_name)
    findings = [*opened.findings, *files.repeated(opened.names), *missing(found, contract, opened.names, named)]
    if findings:
        raise DataError("\n".join([f"{source.place}: does not fit {contract.table} (source {source.id})", *(f"  {it}" for it in findings)]))
    return _delivery(source, opened, found)


def _delivery(source: Source, opened: _Opened, found: Recognised) -> Delivery:
    how, best = found.how, found.chosen
    taken = {*best.mapping.values(), *best.others.values(), *best.currencies.values()}
    # From the name of each file, of a database table from its own name, of a folder of parts from the folder's.
    values = {f"_named_{name}": _of_name(pattern) for name, pattern in how.file_name.items()}
    rows = split(opened.rows(), found)
    return Delivery(
        rows.withColumns(values) if values else rows,
        opened.names,
        found.mapping,
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
    )


def split(rows: DataFrame, found: Recognised) -> DataFrame:
    """The rows with one for each of several values in a cell of a column that holds one (separators of the mapping)."""
    several = {found.mapping[name]: signs for name, signs in found.how.separators.items() if name in found.mapping and name not in SEVERAL}
    for header, signs in several.items():
        cell = F.col(quoted(header))
        rows = rows.withColumn(header, F.explode_outer(F.array_distinct(F.array_remove(parts(cell, signs), ""))))
    return rows


def _of_name(pattern: str) -> Column:
    file, folder = F.substring_index("_file", "/", -1), F.substring_index(F.substring_index("_file", "/", -2), "/", 1)
    found = F.regexp_extract(F.when(file.startswith("part-"), folder).otherwise(file), pattern, 1)
    return F.when(found != "", found)


def _open(spark: SparkSession, source: Source, contract: Contract) -> _Opened:
    if source.jdbc:
        return _typed(databases.table(spark, source.jdbc, source.id), source.place)
    path = str(source.path)
    form = formats.kind(spark, path)
    if form != "csv":
        return _typed(formats.read(spark, path, form), path, "NOT_JSON" if form == "json" else "TOO_MANY_CELLS")
    parts = files.listed(spark, path)
    own = headerless(source.mapping, contract, source.name)
    heads = files.headers(spark, parts, own)
    first = heads[parts[0]]
    findings = [f"{shown(it)} has other headers than {shown(parts[0])}" for it in parts if heads[it].names != first.names]
    return _Opened(first.names, lambda: files.all_records(spark, heads), tuple(findings))


def _typed(frame: DataFrame, place: str, broken: str = "TOO_MANY_CELLS") -> _Opened:
    fields = [field for field in frame.schema.fields if field.name != formats.BROKEN]
    types = tuple((field.name, field.dataType.simpleString()) for field in fields)
    if not fields:
        raise DataError(f"{place}: has no column")
    return _Opened(tuple(field.name for field in fields), lambda: formats.as_text(frame, place), types=types, broken=broken)


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
        kind = ConfigurationError if any(isinstance(it, ConfigurationError) for it in errors) else DataError
        raise kind("\n".join(dict.fromkeys(map(str, errors))))
    return read_ones


def explained(spark: SparkSession, error: Exception, sources: Sequence[Source]) -> DataError | None:
    """What a failure while rows were read says of these deliveries; None when it is no fault of theirs."""
    if not files.is_damage(str(error)):
        return None
    # Spark names the file in some of these failures only: so each is unpacked once more, to the end.
    listed = [it for source in sources if source.path for it in files.listed(spark, source.path)]
    broken = [shown(it) for it in listed if not files.is_whole(spark, it)]
    return DataError("\n".join(f"{it}: {files.DAMAGED}" for it in broken)) if broken else None


def domain_rules(extra_suffixes: Sequence[str] = ()) -> DomainRules:
    """The rules for domains: own suffixes, and the hosts of conf/shared_hosts.yml."""
    lists = load_mapping(ROOT / "conf" / "shared_hosts.yml")
    platforms, redirects, builders = (shared_hosts(lists[name]) for name in ("platforms", "redirects", "builders"))
    return DomainRules(tuple(extra_suffixes), platforms, redirects, builders)


def stage_words() -> StageWords:
    """What deals' stages are called: the words of conf/deal_stages.yml."""
    return StageWords.of(load_mapping(ROOT / "conf" / "deal_stages.yml"))
