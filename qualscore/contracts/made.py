"""The files that are made of the contracts."""

from collections.abc import Mapping
from pathlib import Path

from qualscore.config import ROOT
from qualscore.contracts import dbt, odcs
from qualscore.contracts.catalogue import catalogue


def made() -> Mapping[Path, str]:
    """By file what belongs into it: the catalogue, sources of dbt, a data contract."""
    return {
        ROOT / "schemas" / "README.md": catalogue() + "\n",
        ROOT / "conf" / "bi" / "dbt" / "sources.yml": dbt.sources(),
        ROOT / "conf" / "bi" / "qualscore.odcs.yml": odcs.data_contract(),
    }
