"""The customers that the accounts of the top lists are most like: scores/nearest_customers."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.joins import to_be_joined
from qualscore.runs.run import Run
from qualscore.scores.nearest import NEAREST, nearest_customers
from qualscore.stages.labelling import with_facts
from qualscore.stages.models import registry_of
from qualscore.stages.reading import FEATURES, SCORES, TOP


def write_nearest(run: Run, definition: Definition) -> int:
    """Writes the rows of one score, of the accounts of scores/top_accounts; returns their number.

    Raises:
        ConfigurationError: the score has no champion.
    """
    best = run.tables.read(TOP).where(F.col("score_name") == definition.name).select("domain")
    compared = nearest_of(run, definition, best, customers_of(run, definition))
    return run.tables.replace(NEAREST, compared, where=f"score_name = '{definition.name}'")


def customers_of(run: Run, definition: Definition) -> DataFrame:
    """The domains of the customers that the scores of a definition were learned from."""
    return run.tables.read(SCORES).where((F.col("score_name") == definition.name) & F.col("is_example")).select("domain")


def nearest_of(run: Run, definition: Definition, best: DataFrame, customers: DataFrame) -> DataFrame:
    """Rows of scores/nearest_customers of some accounts.

    Args:
        run: this one.
        definition: of the score.
        best: domain of the accounts, each once.
        customers: domain of the customers that the champion learned from, each once.
    """
    model = registry_of(run).load_champion(definition.name)
    sides = [with_facts(run, model, run.tables.read(FEATURES).join(to_be_joined(it), "domain", "left_semi")) for it in (best, customers)]
    return nearest_customers(model.in_pass, *sides, run_id=run.run_id)
