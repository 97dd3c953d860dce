"""Take the last promotion of a score back: the version that served before serves again."""

from qualscore.runs.main import main
from qualscore.stages.rollback import ROLLBACK

if __name__ == "__main__":
    main("rollback", __doc__, [ROLLBACK])
