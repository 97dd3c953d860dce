"""The only reader of delivered files, and of the folder of names that vendors give to their columns."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts
from qualscore.columns import DomainRules
from qualscore.config import ROOT, Source, read_yaml
from qualscore.contracts import Contract
from qualscore.deliveries import files, headers
from qualscore.errors import ConfigurationError, DataError
from qualscore.ingest import Delivery

__all__ = ["Delivery", "domain_rules", "read", "read_all"]


def read(spark: SparkSession, source: Source, contract: Contract) -> Delivery:
    """A source's file, or the files of its folder or pattern, as text, its headers mapped to the contract. Reads headers only.

    Raises:
        ConfigurationError: no such file, or a mapping that cannot be used.
        DataError: an empty file, a repeated header, no column for a required one; all findings of the file at once.
    """
    accepted = headers.accepted(source.mapping, contract)
    parts = files.listed(spark, str(source.path))
    heads = {part: files.header(spark, part) for part in parts}
    names = heads[parts[0]].names
    mapping = headers.match(names, accepted)
    findings = [f"{files.plain(it)} has other headers than {files.plain(parts[0])}" for it in parts if heads[it].names != names]
    findings += files.repeated(names) + _missing(mapping, accepted, contract, names)
    if findings:
        raise DataError("\n".join([f"{source.place}: does not fit {contract.table} (source {source.id})", *(f"  {it}" for it in findings)]))
    frame = reduce(DataFrame.unionByName, (files.records(spark, part, heads[part]) for part in parts))
    taken = set(mapping.values())
    return Delivery(frame, names, mapping, tuple(name for name in names if name not in taken))


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


def domain_rules(extra_suffixes: Sequence[str] = ()) -> DomainRules:
    """The rules for domains: own suffixes, and the platforms of conf/shared_hosts.yml."""
    platforms = read_yaml(ROOT / "conf" / "shared_hosts.yml")["platforms"]
    return DomainRules(extra_suffixes=tuple(extra_suffixes), shared_hosts=tuple(platforms))


def _missing(mapping: dict[str, str], accepted: headers.Headers, contract: Contract, names: tuple[str, ...]) -> list[str]:
    """The required columns that no header fits. observed_on has a default in the configuration and the run's date."""
    required = [name for name, it in contract.columns.items() if it.required and name in accepted and name != "observed_on"]
    return [
        f"no column for {name} (accepted: {', '.join(dict.fromkeys(accepted[name]))}); delivered: {', '.join(names)};"
        " rename one, or name it in a mapping file"
        for name in required
        if name not in mapping
    ]
