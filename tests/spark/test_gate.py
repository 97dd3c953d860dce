"""What may take the champion's place: models of the same customers, not one of which half of the customers are chance."""

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.draws import draw, is_drawn
from qualscore.model.learning import rejudging, training
from qualscore.model.learning.training import Trained
from qualscore.model.lifecycle import gate
from qualscore.model.lifecycle.gate import Passage
from tests.small_universe import AS_OF, DEFINITION, Universe


def with_seed(seed: int) -> Definition:
    return DEFINITION.model_copy(update={"training": DEFINITION.training.model_copy(update={"seed": seed})})


def train(universe: Universe, definition: Definition, account_lists: DataFrame | None = None) -> Trained:
    labelled = universe.labelled(definition, account_lists)
    return training.train(labelled, universe.describe, definition, as_of=AS_OF, evaluation_accounts=10_000)


def passage(champion: Trained, new: Trained) -> Passage:
    judged = rejudging.Judged(new.evidence.rows, new.evidence.weight)
    both = rejudging.margins(judged, champion=champion.model, new=new.model)
    assert sorted(both["new"]) == sorted(new.evidence.judged["margin"]), "each by the models that left its account out"
    return gate.judge(replace(champion.model, version=1), new.model, both, weight=judged.weight)


def half_by_chance(universe: Universe, seed: int) -> DataFrame:
    """The lists with half of the customers replaced by other companies."""
    lists = universe.account_lists
    customers = lists.where("list_name = 'customers'")
    left = customers.where(is_drawn("kept", 0.5, seed=seed))
    others = universe.firmographics.select("domain").join(lists, "domain", "left_anti").orderBy(draw("other", 10**9, seed=seed), "domain")
    wanted = customers.count() - left.count()
    made = others.limit(wanted).select("domain").withColumn("list_name", F.lit("customers"))
    return lists.where("list_name <> 'customers'").unionByName(left).unionByName(made, allowMissingColumns=True)


def test_a_model_of_another_seed_passes(universe: Universe, trained: Trained) -> None:
    found = passage(trained, train(universe, with_seed(1)))
    assert found.against == [] and found.figures["champion"] == 1


def test_a_model_of_half_the_customers_and_chance_does_not(universe: Universe, trained: Trained) -> None:
    found = passage(trained, train(universe, DEFINITION, half_by_chance(universe, seed=1)))
    assert found.against == ["its average precision is 0.095 where the champion's is 0.115: more than 10% less"]
