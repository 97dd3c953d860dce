"""Say how many accounts each score definition selects, per selector, before anyone trains."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.preview import PREVIEW, READY

if __name__ == "__main__":
    main("preview", __doc__, [READY, CHECK, PREVIEW])
