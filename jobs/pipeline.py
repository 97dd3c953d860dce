"""The main job: ingest, build_features, train, score, activate and report, as far as they are due."""

from qualscore.runs.main import main
from qualscore.stages.activate import ACTIVATE
from qualscore.stages.build_features import BUILD_FEATURES
from qualscore.stages.check import CHECK
from qualscore.stages.ingest import INGEST
from qualscore.stages.report import REPORT
from qualscore.stages.sample import SAMPLE, overlay_of_sample
from qualscore.stages.score import SCORE
from qualscore.stages.summary import summarise
from qualscore.stages.train import TRAIN

if __name__ == "__main__":
    stages = [SAMPLE, INGEST, CHECK, BUILD_FEATURES, TRAIN, SCORE, ACTIVATE, REPORT]
    main("pipeline", __doc__, stages, summary=summarise, overlay=overlay_of_sample)
