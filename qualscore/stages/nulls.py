"""What chance reaches in a universe: made once for about a number of customers, and kept beside the tables."""

import hashlib
import json
from threading import Lock

import pyarrow as pa
from pyspark.sql import functions as F

from qualscore.definitions.definition import Training
from qualscore.model.encoding.draws import FINE, draw
from qualscore.model.judging import driver_rows, shuffles
from qualscore.model.judging.shuffles import Null
from qualscore.runs.run import Run
from qualscore.stages.describing import features_date
from qualscore.stages.reading import FEATURES
from qualscore.storage import files

FOLDER = "_nulls"
FORM = 1  # of how a null is made; another one makes all anew
_MAKING = Lock()  # of two scores that are trained side by side one makes what both need


def null_of(run: Run, n_examples: int, training: Training, *, keep: bool = True) -> Null:
    """The null for a number of customers, from its file; made, and written, where there is none for these features and settings.

    It depends on nothing else: whichever score comes first, and two runs at once, write the same. Who may write nothing does not keep it.
    """
    with _MAKING:
        accounts = run.tables.read(FEATURES).where("has_data")
        n_accounts = accounts.limit(shuffles.ACCOUNTS).count()  # not of all: 55 million are not read for it
        n_customers = shuffles.customers_about(n_examples, n_accounts)
        path = f"{run.settings.warehouse}/{FOLDER}/{_name(run, n_customers, training)}.json"
        if files.exists(run.spark, path):
            kept = json.loads(files.read(run.spark, path))
            return Null(int(kept["customers"]), tuple(kept["aucs"]))
        run.console.say(f"what {shuffles.LISTS} random lists of {n_customers} accounts reach: made once for this universe")
        made = shuffles.null(_drawn(run, n_accounts), n_customers, training)
        described = {"customers": n_customers, "accounts": n_accounts, "features": run.tables.version(FEATURES), "aucs": made.aucs}
        if keep:
            files.write_bytes(run.spark, path, json.dumps(described, indent=1).encode())
        return made


def _name(run: Run, n_customers: int, training: Training) -> str:
    """Says of what the null is: the features, their number of customers and what of a training's settings matters to it."""
    settings = training.model_dump(include={"folds", "trees"})
    state = [FORM, run.tables.version(FEATURES), str(features_date(run)), shuffles.LISTS, shuffles.ACCOUNTS, settings]
    return f"{n_customers}_customers_{hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:12]}"


def _drawn(run: Run, n_accounts: int) -> pa.Table:
    """So many accounts with data, by hash of the domain."""
    drawn = run.tables.read(FEATURES).where("has_data").orderBy(draw("null", FINE, seed=0), F.col("domain")).limit(n_accounts)
    return driver_rows.collected(drawn)
