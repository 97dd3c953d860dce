"""The type names of contracts, as Spark types: read without a JVM, so that contracts can be tested without one."""

from collections.abc import Sequence

from pyspark.sql import types as T

ATOMS: dict[str, T.DataType] = {
    "string": T.StringType(),
    "int": T.IntegerType(),
    "bigint": T.LongType(),
    "float": T.FloatType(),
    "double": T.DoubleType(),
    "boolean": T.BooleanType(),
    "date": T.DateType(),
    "timestamp": T.TimestampType(),
}
# A cast that keeps every value as it is. (A bigint beyond 2**53 is no double; ours are counts.)
WIDENINGS = {
    "tinyint": {"smallint", "int", "bigint", "float", "double"},
    "smallint": {"int", "bigint", "float", "double"},
    "int": {"bigint", "double"},
    "float": {"double"},
}


def datatype(name: str) -> T.DataType:
    """The Spark type of a name such as `array<struct<factor:string,contribution:float>>`.

    >>> datatype("map<string,bigint>").simpleString()
    'map<string,bigint>'
    """
    if name in ATOMS:
        return ATOMS[name]
    outer, _, rest = name.partition("<")
    parts = _split(rest[:-1]) if rest.endswith(">") else []
    if outer == "array" and len(parts) == 1:
        return T.ArrayType(datatype(parts[0]))
    if outer == "map" and len(parts) == 2:
        return T.MapType(datatype(parts[0]), datatype(parts[1]))
    if outer == "struct" and parts and all(":" in part for part in parts):
        fields = [part.split(":", 1) for part in parts]
        return T.StructType([T.StructField(field.strip(), datatype(kind.strip())) for field, kind in fields])
    raise ValueError(f"unknown type {name!r}; known: {', '.join(ATOMS)}, array<>, map<,>, struct<name:type>")


def is_safe_cast(delivered: T.DataType, wanted: T.DataType) -> bool:
    """Whether every value survives: the same type, null only, or a widening.

    >>> is_safe_cast(ATOMS["int"], ATOMS["bigint"]), is_safe_cast(ATOMS["bigint"], ATOMS["int"])
    (True, False)
    """
    names = delivered.simpleString(), wanted.simpleString()
    return names[0] in (names[1], "void") or names[1] in WIDENINGS.get(names[0], ())


def _split(text: str) -> Sequence[str]:
    """The parts between the commas that no bracket encloses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]
