"""Train a model for each score definition and register it in MLflow."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.train import TRAIN

if __name__ == "__main__":
    main("train", __doc__, [CHECK, TRAIN])
