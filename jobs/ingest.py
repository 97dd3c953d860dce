"""Read deliveries into clean tables, and unite their accounts to the universe."""

from qualscore.runs.main import main
from qualscore.stages.ingest import INGEST

if __name__ == "__main__":
    main("ingest", __doc__, [INGEST])
