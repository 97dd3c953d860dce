"""How far each account meets each criterion: 0 to 1, null where it is unknown; and what a person reads beside it."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.conditions import Condition, parse
from qualscore.definitions.conditions.kinds import resolved
from qualscore.definitions.scorecard import Criterion
from qualscore.model.scorecard.facts import asking_records

UNKNOWN = "unknown"
DAYS_OF_A_WEEK = 7


def shares_and_values(
    criteria: Sequence[Criterion], columns: Mapping[str, Column], types: Mapping[str, str], facts: Column
) -> tuple[Column, Column]:
    """Two arrays with an entry for each criterion: the share of its points (double, null: unknown) and its value (text).

    Args:
        criteria: of a scorecard.
        columns: of `when` by name, over the rows of account features.
        types: of these columns, by Spark's names.
        facts: what records say, as `facts.with_facts` adds it.
    """
    places = {id(it): place for place, it in enumerate(asking_records(criteria))}
    shares, values = [], []
    for it in criteria:
        if it.kind == "when":
            condition = parse(str(it.when))
            is_met = condition.column(columns, as_of=F.col("as_of_on"))
            age, value = _age(columns, types, it), _value(condition, columns, types, is_met)
        else:
            is_met, last_on = _fact(facts, places[id(it)], it)
            age, value = F.datediff("as_of_on", last_on), F.coalesce(last_on.cast("string"), _yes_or_no(is_met))
        shares.append(_share(is_met, age, it.half_life_days))
        values.append(F.coalesce(value, F.lit(UNKNOWN)))
    return F.array(*shares), F.array(*values)


def _fact(facts: Column, place: int, criterion: Criterion) -> tuple[Column, Column]:
    """Whether records meet a criterion, and when the last one did. Without a record it is not met; of a CRM account it is unknown."""
    fact = F.get(facts, F.lit(place))
    is_met = fact["is_met"] if criterion.crm_accounts else F.coalesce(fact["is_met"], F.lit(False))
    return is_met, F.when(is_met, fact["last_on"])


def _age(columns: Mapping[str, Column], types: Mapping[str, str], criterion: Criterion) -> Column | None:
    """Days since what a condition is dated by."""
    if criterion.dated_by is None:
        return None
    column = columns[criterion.dated_by]
    return F.datediff("as_of_on", column) if types[criterion.dated_by] == "date" else DAYS_OF_A_WEEK * column


def _share(is_met: Column, age: Column | None, half_life_days: int | None) -> Column:
    """1 where a criterion is met, less with its age: half of it after the half-life. Without a date nothing ages."""
    full = F.lit(1.0)
    if half_life_days and age is not None:
        full = F.coalesce(F.pow(F.lit(0.5), F.greatest(age, F.lit(0)) / half_life_days), full)
    return F.when(is_met, full).when(~is_met, 0.0)


def _value(condition: Condition, columns: Mapping[str, Column], types: Mapping[str, str], is_met: Column) -> Column:
    """The values of the columns that a condition names; of lists alone whether the condition is met."""
    names = dict.fromkeys(name for it in condition.names if (name := resolved(it, [*columns])))
    shown = [_text(columns[name], types[name]) for name in names if not types[name].startswith("array")]
    if not shown:
        return _yes_or_no(is_met)
    return F.concat_ws(", ", *(F.coalesce(it, F.lit(UNKNOWN)) for it in shown))


def _text(column: Column, kind: str) -> Column:
    if kind == "boolean":
        return _yes_or_no(column)
    if kind == "double":
        return F.regexp_replace(F.format_number(column, 2), r"\.00$", "")
    return F.format_number(column, 0) if kind in ("int", "bigint") else column.cast("string")


def _yes_or_no(condition: Column) -> Column:
    return F.when(condition, "yes").when(~condition, "no")
