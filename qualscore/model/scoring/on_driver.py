"""Accounts scored on the driver, without a session: some of them, in their order."""

from collections.abc import Mapping

import pyarrow as pa

from qualscore.definitions.definition import Training
from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel import domain_hashes
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.pass_model import DOMAIN_HASH, PassModel, fold_columns


def with_draws(accounts: pa.RecordBatch, training: Training) -> pa.RecordBatch:
    """Adds to account features what a pass adds: the hash of the domain and its folds."""
    hashes = domain_hashes.hashes(accounts.column("domain"))
    drawn = [domain_hashes.draws(hashes, "fold", training.folds, seed=training.seed, repeat=repeat) for repeat in range(training.repeats)]
    added: Mapping[str, Array] = dict(zip(fold_columns(training), drawn, strict=True)) | {DOMAIN_HASH: hashes}
    columns = [*accounts.columns, *(pa.array(values) for values in added.values())]
    return pa.RecordBatch.from_arrays(columns, names=[*accounts.schema.names, *added])


def scored(model: PassModel, accounts: pa.Table) -> pa.Table:
    """The columns of scores/account_scores but those of a run, a row per row.

    Args:
        model: what scores.
        accounts: account features with what the model reads; all are scored, whether they have data or not.
    """
    batches = [with_draws(batch, model.definition.training) for batch in accounts.combine_chunks().to_batches()]
    return pa.Table.from_batches(scoring_pass.of_models([model]).scores(batches))
