"""Describe every account as of a date."""

from qualscore.runs.main import main
from qualscore.stages.build_features import BUILD_FEATURES

if __name__ == "__main__":
    main("build_features", __doc__, [BUILD_FEATURES])
