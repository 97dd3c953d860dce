"""Write the tables for use: fit beside intent, quick cards, the CRM's accounts, the market."""

from qualscore.runs.main import main
from qualscore.stages.activate import ACTIVATE

if __name__ == "__main__":
    main("activate", __doc__, [ACTIVATE])
