"""Delivered rows and a contract to clean rows, and to refused ones with their reasons: the same for all sources."""

from qualscore.ingest.conformance import conform_source
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.judgement import Ingested, as_deleted, judge, table
from qualscore.ingest.rules import Rules
from qualscore.ingest.summary import DeliverySummary, news

__all__ = ["Delivery", "DeliverySummary", "Ingested", "Rules", "as_deleted", "conform_source", "judge", "news", "table"]
