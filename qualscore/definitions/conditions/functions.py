"""The functions that conditions may call: Spark's, by Spark's names; no others, and none that reads a clock or draws."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "date", "truth", "list", "nothing", "other"]
"""What a value is; `nothing` is null, which goes with every kind."""
WORDS: dict[Kind, str] = {
    "text": "text", "number": "a number", "date": "a date", "truth": "true or false", "list": "a list", "nothing": "null",
    "other": "what conditions cannot read",
}  # fmt: skip
ANY: tuple[Kind, ...] = ("text", "number", "date", "truth", "nothing")


@dataclass(frozen=True)
class Function:
    """What a function takes and gives.

    Attributes:
        takes: the kinds that each argument may be of; the last stands for all further ones.
        least: number of arguments, at least.
        most: number of arguments, at most.
        gives: the kind of its value; None: that of its last argument.
    """

    takes: tuple[tuple[Kind, ...], ...]
    least: int
    most: int
    gives: Kind | None


def _function(*takes: Kind | tuple[Kind, ...], gives: Kind | None, least: int | None = None, most: int | None = None) -> Function:
    kinds = tuple((it,) if isinstance(it, str) else it for it in takes)
    return Function(kinds, len(kinds) if least is None else least, len(kinds) if most is None else most, gives)


MANY = 100
FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("lower", "upper", "trim", "ltrim", "rtrim"), _function("text", gives="text")),
    **dict.fromkeys(("length", "char_length"), _function("text", gives="number")),
    **dict.fromkeys(("left", "right"), _function("text", "number", gives="text")),
    **dict.fromkeys(("substring", "substr"), _function("text", "number", "number", gives="text", least=2)),
    "replace": _function("text", "text", "text", gives="text", least=2),
    "regexp_replace": _function("text", "text", "text", gives="text"),
    "concat": _function(ANY, gives="text", least=1, most=MANY),
    **dict.fromkeys(("contains", "startswith", "endswith", "regexp_like"), _function("text", "text", gives="truth")),
    **dict.fromkeys(("abs", "floor", "ceil"), _function("number", gives="number")),
    "round": _function("number", "number", gives="number", least=1),
    **dict.fromkeys(("int", "bigint", "double", "float"), _function(ANY, gives="number")),
    "string": _function(ANY, gives="text"),
    "boolean": _function(("text", "truth", "number"), gives="truth"),
    "date": _function(("date", "text"), gives="date"),
    "to_date": _function(("date", "text"), "text", gives="date", least=1),
    **dict.fromkeys(("year", "quarter", "month", "day"), _function(("date", "text"), gives="number")),
    "datediff": _function(("date", "text"), ("date", "text"), gives="number"),
    **dict.fromkeys(("date_add", "date_sub", "add_months"), _function(("date", "text"), "number", gives="date")),
    **dict.fromkeys(("coalesce", "greatest", "least"), _function(ANY, gives=None, least=2, most=MANY)),
    **dict.fromkeys(("ifnull", "nvl", "nullif"), _function(ANY, ANY, gives=None)),
    "if": _function("truth", ANY, ANY, gives=None),
    **dict.fromkeys(("isnull", "isnotnull"), _function((*ANY, "list"), gives="truth")),
    **dict.fromkeys(("size", "cardinality"), _function("list", gives="number")),
    "array_contains": _function("list", "text", gives="truth"),
}
CASTS = {
    "string": "string", "int": "int", "integer": "int", "bigint": "bigint", "long": "bigint", "double": "double", "float": "float",
    "date": "date", "boolean": "boolean",
}  # fmt: skip
"""The types that `cast(value as TYPE)` takes, each with the function that does it."""
