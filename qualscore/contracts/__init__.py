"""Contracts: one per table, in `schemas/`. The only place where a column is declared."""

from qualscore.contracts.catalogue import catalogue
from qualscore.contracts.contract import Contract, ContractColumn, all_contracts, load

__all__ = ["Contract", "ContractColumn", "all_contracts", "catalogue", "load"]
