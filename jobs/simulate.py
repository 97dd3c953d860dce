"""Say what changed definitions would change, or what one account with other values would score; nothing is written."""

from qualscore.runs.main import main
from qualscore.stages.simulate import SIMULATE

if __name__ == "__main__":
    main("simulate", __doc__, [SIMULATE])
