"""How a model was made, for its report: what is needed to make it again."""

from typing import Any

from qualscore.definitions.definition import Definition, Reference
from qualscore.definitions.selection import Selection
from qualscore.runs.run import Run
from qualscore.storage import code


def made(run: Run, definition: Definition) -> dict[str, Any]:
    """The run, the code, the versions of the tables, the settings and the definition; and the definition's question in words."""
    content = definition.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return {
        "examples": in_words(definition.examples) if definition.examples else None,
        "excluded": in_words(definition.exclude) if definition.exclude else None,
        "reference": reference_in_words(definition.reference),
        "run_id": run.run_id,
        "code_version": code.commit(),
        "inputs": dict(run.tables.pins),
        "training": definition.training.model_dump(),
        "definition": content,
    }


def in_words(selection: Selection) -> str:
    """Who is selected.

    >>> in_words(Selection.model_validate({"all": [{"account_list": "won"}, {"not": {"account_list": "rivals"}}]}))
    'account list won and not account list rivals'
    """
    if selection.is_leaf:
        return selection.text
    if selection.none_of is not None:
        return f"not {in_words(selection.none_of)}"
    joined = " or " if selection.any_of is not None else " and "
    is_plain = len(selection.nested) == 1
    return joined.join(in_words(it) if is_plain or it.is_leaf or it.none_of else f"({in_words(it)})" for it in selection.nested)


def reference_in_words(reference: Reference) -> str:
    """With whom customers are compared.

    >>> reference_in_words(Reference(country=("DE", "AT"), min_employees=10)), reference_in_words(Reference())
    ('the other companies in DE or AT with 10 employees or more', 'all other companies')
    """
    where = f" in {' or '.join(reference.country)}" if reference.country else ""
    size = f" with {reference.min_employees:,} employees or more" if reference.min_employees else ""
    return f"the other companies{where}{size}" if where or size else "all other companies"
