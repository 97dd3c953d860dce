"""Score and explain every account with the champion of each score definition."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.score import SCORE
from qualscore.stages.summary import summarise

if __name__ == "__main__":
    main("score", __doc__, [CHECK, SCORE], summary=summarise)
