"""Fit the points of rule-based scores to their customers, and show them beside those by hand."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.refine import REFINE

if __name__ == "__main__":
    main("refine", __doc__, [CHECK, REFINE])
