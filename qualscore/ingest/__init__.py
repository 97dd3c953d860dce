"""Delivered rows and a contract to clean rows, and to refused ones with their reasons: the same for all sources."""

from qualscore.ingest.conformance import conform_source
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.judgement import Ingested, SourceCounts, judge, table
from qualscore.ingest.rules import Rules

__all__ = ["Delivery", "Ingested", "Rules", "SourceCounts", "conform_source", "judge", "table"]
