"""Make a former run's scores again, from what it read and the model that it used, and compare each of them."""

from qualscore.runs.main import main
from qualscore.stages.verify import VERIFY

if __name__ == "__main__":
    main("verify", __doc__, [VERIFY])
