"""Rewrite the catalogue of tables: `python -m qualscore.contracts`."""

from qualscore.config import ROOT
from qualscore.contracts import catalogue

(ROOT / "schemas" / "README.md").write_text(catalogue() + "\n", encoding="utf-8")
