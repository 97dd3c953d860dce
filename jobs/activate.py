"""Write the tables for use: fit beside intent, quick cards, the CRM's accounts, segments, call lists, the market."""

from qualscore.runs.main import main
from qualscore.stages.activate import ACTIVATE
from qualscore.stages.fit_intent_summary import show_fit_intent

if __name__ == "__main__":
    main("activate", __doc__, [ACTIVATE], summary=show_fit_intent)
