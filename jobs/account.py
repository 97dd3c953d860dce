"""Show everything about one account, by its domain or its name: scores and why, what changed, where each value comes from."""

from qualscore.runs.main import main
from qualscore.stages.account import ACCOUNT

if __name__ == "__main__":
    main("account", __doc__, [ACCOUNT])
