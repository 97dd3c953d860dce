"""Say how many accounts each score definition selects, per selector, before anyone trains."""

from qualscore.runs.main import main
from qualscore.stages.call_lists import PREVIEW_CALL_LISTS
from qualscore.stages.check import CHECK
from qualscore.stages.keyword_sets import KEYWORD_SETS
from qualscore.stages.preview import PREVIEW, READY
from qualscore.stages.segments import PREVIEW_SEGMENTS

if __name__ == "__main__":
    main("preview", __doc__, [READY, KEYWORD_SETS, PREVIEW_SEGMENTS, PREVIEW_CALL_LISTS, CHECK, PREVIEW])
