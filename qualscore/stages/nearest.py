"""The customers that accounts are most like, as the version that scored them explains them."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.checkpoints import kept
from qualscore.definitions.definition import Definition
from qualscore.joins import to_be_joined
from qualscore.runs.run import Run
from qualscore.scores.nearest import NEAREST, nearest_customers
from qualscore.stages.labelling import with_facts
from qualscore.stages.models import registry_of
from qualscore.stages.reading import FEATURES, SCORES, TOP


def write_nearest(run: Run, definitions: Sequence[Definition]) -> int:
    """Writes scores/nearest_customers of the accounts of scores/top_accounts; returns the number of accounts. None before `score`."""
    if not run.tables.exists(TOP):
        return 0
    top = run.tables.read(TOP).where(F.col("score_name").isin([it.name for it in definitions]))
    versions = {row["score_name"]: row["model_version"] for row in top.select("score_name", "model_version").distinct().collect()}
    accounts = top.select("domain").distinct()
    # One scan of the universe for all scores.
    described = kept(_described(run, accounts.union(_customers(run, [*versions])).distinct()))
    compared = [
        nearest_of(run, name, version, top.where(F.col("score_name") == name).select("domain"), described=described)
        for name, version in sorted(versions.items())
    ]
    if compared:
        run.tables.replace(NEAREST, reduce(DataFrame.unionByName, compared))
    return accounts.count()


def nearest_of(run: Run, score_name: str, version: int, accounts: DataFrame, *, described: DataFrame | None = None) -> DataFrame:
    """Rows of scores/nearest_customers of some accounts.

    Args:
        run: this one.
        score_name: of the score.
        version: of its model that scored the accounts.
        accounts: their domains, each once.
        described: account features of them and of the customers; looked for in the universe where they are not given.
    """
    model = registry_of(run).load_version(score_name, version)
    customers = _customers(run, [score_name])
    known = kept(_described(run, accounts.union(customers).distinct())) if described is None else described
    sides = (known.join(to_be_joined(it), "domain", "left_semi") for it in (accounts, customers))
    return nearest_customers(model.in_pass, *(with_facts(run, model, it) for it in sides), run_id=run.run_id)


def _described(run: Run, domains: DataFrame) -> DataFrame:
    return run.tables.read(FEATURES).join(to_be_joined(domains), "domain", "left_semi")


def _customers(run: Run, score_names: Sequence[str]) -> DataFrame:
    """The domains of the customers that scores were learned from, once for each score."""
    return run.tables.read(SCORES).where(F.col("score_name").isin(list(score_names)) & F.col("is_example")).select("domain")
