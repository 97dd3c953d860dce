"""Send scores to the CRM, marketing automation, a database and reverse ETL: only what changed, only accounts that the CRM has."""

from qualscore.runs.main import main
from qualscore.stages.publish import PUBLISH

if __name__ == "__main__":
    main("publish", __doc__, [PUBLISH])
