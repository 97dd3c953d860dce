"""Serve the tables to BI tools: the Spark Thrift server with the schema `bi`, until it is stopped."""

from qualscore.runs.main import main
from qualscore.stages.bi import BI

if __name__ == "__main__":
    main("bi", __doc__, [BI])
