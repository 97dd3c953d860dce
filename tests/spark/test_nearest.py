"""The customers that accounts are most like, by the model that explains them, against comparing each with each."""

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

from qualscore.model.learning.training import Trained
from qualscore.model.scoring import scoring_pass
from qualscore.scores.nearest import EXPLAINED, Explaining, nearest_customers
from tests.small_universe import Universe


def test_the_nearest_customers_are_those_of_brute_force(universe: Universe, trained: Trained, scores: pd.DataFrame) -> None:
    model = trained.model.in_pass
    customers = list(scores.index[scores.is_example][:40])
    accounts = [*scores.sort_values("margin", ascending=False).index[:30], customers[0]]
    today = universe.today().where(F.col("domain").isin([*customers, *accounts])).localCheckpoint()
    mine = [today.where(F.col("domain").isin(domains)) for domains in (accounts, customers)]
    rows = nearest_customers(model, *mine, run_id="r1").toPandas().sort_values(["domain", "rank"], ignore_index=True)

    explained = scoring_pass.ready([model], today).mapInArrow(Explaining(model).contributions, EXPLAINED).toPandas().set_index("domain")
    of = {domain: np.asarray(values, float) for domain, values in explained.contributions.items()}
    expected = []
    for domain in sorted(set(accounts)):
        others = sorted((float(np.linalg.norm(of[domain] - of[it])), it) for it in set(customers) - {domain})
        expected += [(domain, rank, customer, distance) for rank, (distance, customer) in enumerate(others[:3], 1)]
    assert [tuple(it) for it in rows[["domain", "rank", "customer_domain"]].itertuples(index=False)] == [it[:3] for it in expected]
    np.testing.assert_allclose(rows.distance, [it[3] for it in expected], atol=1e-9)
    names = trained.model.inputs.factors
    for row in rows.itertuples():
        less = np.minimum(of[row.domain], of[row.customer_domain])
        assert list(row.shared_factors) == [names[i] for i in np.argsort(-less, kind="stable")[:3] if less[i] > 0]
    assert list(rows.customer_name) == [explained.company_name[it] for it in rows.customer_domain]
    fixed = rows[["score_name", "run_id", "as_of_on"]].drop_duplicates().astype(str)
    assert fixed.values.tolist() == [["small", "r1", "2026-06-01"]]


def test_without_customers_nobody_is_near(universe: Universe, trained: Trained) -> None:
    today = universe.today().limit(3)
    assert nearest_customers(trained.model.in_pass, today, today.limit(0), run_id="r1").count() == 0
