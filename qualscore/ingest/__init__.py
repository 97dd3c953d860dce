"""Delivered rows and a contract to clean rows, and to refused ones with their reasons: the same for all sources."""

from qualscore.ingest.bulk.table import Staging, large_table, staging
from qualscore.ingest.changes import Stored, changed_table
from qualscore.ingest.conformance import conform_source
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.links import free_mail_companies
from qualscore.ingest.outcome import Counted, Ingested, as_deleted, judge, table
from qualscore.ingest.refusals import refusal_lines, refusals
from qualscore.ingest.row_rules import Rules
from qualscore.ingest.summary import DeliverySummary, news

__all__ = [
    "Counted",
    "Delivery",
    "DeliverySummary",
    "Ingested",
    "Rules",
    "Staging",
    "Stored",
    "as_deleted",
    "changed_table",
    "conform_source",
    "free_mail_companies",
    "judge",
    "large_table",
    "news",
    "refusal_lines",
    "refusals",
    "staging",
    "table",
]
