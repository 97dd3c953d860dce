"""Write the business reports: the market, whom to call and why, for all scores, of all accounts or of a list."""

from qualscore.runs.main import main
from qualscore.stages.report import REPORT

if __name__ == "__main__":
    main("report", __doc__, [REPORT])
