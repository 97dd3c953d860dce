"""Train the scores again that are due, or say which are and why: by age, by their definition, by the drift of their accounts."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.retrain import RETRAIN, RETRAIN_CHECK

if __name__ == "__main__":
    main("retrain", __doc__, [CHECK, RETRAIN_CHECK, RETRAIN])
