"""What the numbers of customers and of unlabelled accounts allow: training, with a warning or without, or a refusal."""

from collections.abc import Mapping

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused

LEAST_EXAMPLES, RECOMMENDED_EXAMPLES = 50, 100
UNLABELLED_PER_EXAMPLE = 5


def are_few(counts: Mapping[str, int], definition: Definition) -> bool:
    """Whether accounts are too few to train without a word: customers, or unlabelled accounts beside them."""
    examples = counts["examples"]
    enough = examples >= max(definition.training.min_examples, RECOMMENDED_EXAMPLES)
    return not enough or counts["unlabelled"] < UNLABELLED_PER_EXAMPLE * examples


def check_counts(counts: Mapping[str, int], definition: Definition) -> list[str]:
    """The warnings that are due, if any.

    Args:
        counts: accounts by the names of `population.counted`.
        definition: the score.

    Raises:
        TrainingRefused: too few customers or unlabelled accounts; it carries the counts.
    """
    missing = _missing(counts, definition)
    if missing:
        raise TrainingRefused(f"{_selected(counts, definition.name)}{missing}", counts=counts)
    warnings = []
    if counts["examples"] < LEAST_EXAMPLES:
        risk = f"fewer than {LEAST_EXAMPLES} are at your own risk: what the model finds may be chance"
        warnings.append(f"{_selected(counts, definition.name)}; {risk}")
    elif counts["examples"] < RECOMMENDED_EXAMPLES:
        warnings.append(f"{_selected(counts, definition.name)}; {RECOMMENDED_EXAMPLES} or more are recommended")
    return warnings + _undated(counts, definition.name)


def _selected(counts: Mapping[str, int], name: str) -> str:
    withheld = f", {counts['withheld']} are kept to try the model on (expect)" if counts.get("withheld") else ""
    return (
        f"{name}: {counts['examples']} customers with a domain and data (the selectors pick {counts['selected']} accounts; "
        f"{counts['excluded']} are excluded, of {counts['no_data']} nothing but the domain is known{withheld})"
    )


def _missing(counts: Mapping[str, int], definition: Definition) -> str | None:
    """What is missing, and what to do; None when there is enough."""
    examples, unlabelled, least = counts["examples"], counts["unlabelled"], definition.training.min_examples
    if examples < least:
        return f"; at least {least} are needed, {RECOMMENDED_EXAMPLES} or more are recommended. Add customers, or widen `examples`."
    if unlabelled == 0:
        return ", and no unlabelled accounts to compare them with. Deliver firmographics of companies that are not customers."
    if unlabelled < UNLABELLED_PER_EXAMPLE * examples:
        return (
            f", but only {unlabelled} unlabelled accounts; at least {UNLABELLED_PER_EXAMPLE} for each customer are needed. "
            "Deliver firmographics of more companies, or widen `reference`."
        )
    return None


def _undated(counts: Mapping[str, int], name: str) -> list[str]:
    if not counts["undated_in_crm"]:
        return []
    return [
        f"{name}: NO DATES: {counts['undated_in_crm']} of {counts['examples']} customers are in the CRM and have no date, so that they are "
        "described as they are today. The model may learn what happened because of the sale, and look better than it is. "
        "Select them by opportunities, or deliver their lists with event_on."
    ]
