"""A model's portrait: what its report shows beside what it was judged by. Numbers, texts, lists and maps, for metrics.json."""

from typing import Any

from qualscore.model.judging import explained_accounts, gains, inputs_used, levels, misses, profile, score_shares
from qualscore.model.judging.importance import importance
from qualscore.model.learning.training import Trained

FACTORS = 12


def portrait(trained: Trained) -> dict[str, Any]:
    """Gains, distributions, conversion, importance, levels of the most important factors, the ideal customer, misses and unused inputs.

    Everything is of accounts as of their own dates, each scored by models that did not see it; a few passes over the evidence.
    """
    model, evidence = trained.model, trained.evidence
    definition, calibration, weight = model.definition, model.calibration, evidence.weight
    assert calibration is not None
    accounts = explained_accounts.explain(trained)
    factors = importance(accounts)
    moved = [it["factor"] for it in factors]
    told = levels.levels(accounts, moved[:FACTORS])
    judged = evidence.judged.sort_values("domain_hash", ignore_index=True)
    return {
        "gains": gains.gains(evidence, definition.features),
        "distribution": score_shares.distribution(judged, calibration, weight=weight),
        "separation": score_shares.separation(*evidence.margins),
        "conversion": score_shares.conversion(judged, calibration, definition.bands, weight=weight),
        "importance": factors[:30],
        "factors": told,
        "profile": profile.profile(levels.levels(accounts, moved[:30])),
        "misses": misses.misses(trained),
        "inputs": inputs_used.inputs_used(accounts, definition, moved),
        "stack": inputs_used.stack_used(evidence.values, definition, model.inputs.products, moved),
        "bands": definition.bands.model_dump(),
        "actions": definition.actions.model_dump(),
    }
