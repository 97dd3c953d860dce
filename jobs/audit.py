"""Name what to doubt in a warehouse: scores that clump or inflate, old or missing data, shifted inputs, deals of no account.

Eight kinds of faults are looked for, each by a measure and a bound that stands with its reason in qualscore/scores/audit. Each finding
has its table, how many rows are meant, at most three of them, and what to do. Nothing is changed.
"""

from qualscore.runs.main import main
from qualscore.stages.audit import AUDIT

if __name__ == "__main__":
    main("audit", __doc__, [AUDIT])
