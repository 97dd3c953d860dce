"""A definition's criteria with other points, as text: of a new file, or within the file that people wrote, whose rest stays as it is."""

from collections.abc import Sequence
from typing import Any

import yaml

from qualscore.definitions.scorecard import Scorecard


def criteria_text(by_hand: Scorecard, fitted: Scorecard) -> str:
    """The key `rules` in YAML: fitted points, and behind each those by hand."""
    lines = ["rules:", "  criteria:"]
    for criterion, before in zip(fitted.criteria, by_hand.criteria, strict=True):
        content = criterion.model_dump(mode="json", exclude_defaults=True)
        written = yaml.safe_dump(content, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True).strip()
        lines.append(f"    - {written}  # by hand {before.points:g}")
    rest = fitted.model_dump(mode="json", exclude_defaults=True, exclude={"criteria"})
    lines += [f"  {line}" for line in yaml.safe_dump(rest, sort_keys=False).splitlines()] if rest else []
    return "\n".join(lines) + "\n"


def with_points(text: str, points: Sequence[float]) -> str:
    r"""A definition's text with other points: everything else, comments too, stays as it is.

    Args:
        text: in YAML, of a definition with as many criteria.
        points: by criterion.

    >>> with_points("rules:\n  criteria:\n  - {points: 5, when: a = 1}  # ours\n", [7.5])
    'rules:\n  criteria:\n  - {points: 7.5, when: a = 1}  # ours\n'
    """
    criteria = _value(_value(yaml.compose(text, Loader=yaml.SafeLoader), "rules"), "criteria")
    places = [_value(criterion, "points") for criterion in criteria.value]
    for place, value in sorted(zip(places, points, strict=True), key=lambda it: -it[0].start_mark.index):
        text = f"{text[: place.start_mark.index]}{value:g}{text[place.end_mark.index :]}"
    return text


def _value(node: Any, key: str) -> Any:
    """The node of a key in a mapping's node."""
    return next(value for name, value in node.value if name.value == key)
