"""One account with other values: its score, its factors, and what would have to change for the next band. Nothing is written."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import contracts
from qualscore.columns import countries
from qualscore.config import nearest
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.features.firmographic import FIRMOGRAPHIC_VALUES, with_inputs
from qualscore.features.intent import MEASURES
from qualscore.model.encoding import intent
from qualscore.model.scoring import changes, on_driver
from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.model.scoring.changes import Change, Tried
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.runs.run import Run
from qualscore.stages.reading import FEATURES

OTHER_VALUES = ("product", "keyword_set")
TRUTH = {"true": True, "yes": True, "false": False, "no": False}
Row = dict[str, Any]


def simulate_account(run: Run, definition: Definition, model: QualificationModel) -> dict[str, Any]:
    """What one account scores as it is and with the values of --value, and which single change reaches the next band.

    Raises:
        ConfigurationError: no such account, column or value.
    """
    account = _account(run, run.options.account)
    known = _technologies(run, model)
    typical = _typical(run, model)
    changed = _changed(run, account, run.options.value or [], known, typical)
    schema = to_arrow_schema(contracts.load(FEATURES).schema)
    before, after = on_driver.scored(model.in_pass, pa.Table.from_pylist([account, changed], schema)).to_pylist()
    goal = changes.next_band(after["score"], definition.bands.model_dump())
    all_tried = _tried(run, model, changed, known, typical, schema) if goal else []
    reached = changes.reaching(all_tried, goal[0]) if goal else []
    return {
        "score_name": definition.name, "domain": account["domain"], "company_name": account["company_name"],
        "is_example": before["is_example"], "model_version": model.version, "as_it_is": _shown(before),
        "with_values": _shown(after) if run.options.value else None, "values": list(run.options.value or []),
        "next_band": goal and {"band": goal[0], "from": goal[1]},
        "changes": [_as_record(it) for it in reached], "nearest": _as_record(changes.nearest(all_tried)) if goal and not reached else None,
    }  # fmt: skip


def in_words(simulated: Mapping[str, Any]) -> str:
    """The same for a person."""
    name = f"{simulated['company_name']} ({simulated['domain']})" if simulated["company_name"] else simulated["domain"]
    lines = [f"\n{simulated['score_name']}: {name}" + (", one of the customers that were learned from" if simulated["is_example"] else "")]
    lines += _lines("as it is", simulated["as_it_is"])
    if simulated["with_values"]:
        lines += _lines(f"with {', '.join(simulated['values'])}", simulated["with_values"])
    if not simulated["next_band"]:
        return "\n".join([*lines, "  it is in the best band"])
    band = f"{BAND_WORDS[simulated['next_band']['band']]} ({simulated['next_band']['from']:g} and more)"
    if simulated["changes"]:
        lines.append(f"  the smallest single changes for {band}, the smallest first:")
        return "\n".join([*lines, *(f"    {it['change']}: {it['score']:.2f}" for it in simulated["changes"])])
    lines.append(f"  no single change of employees, revenue, technology or research reaches {band}")
    best = simulated["nearest"]
    return "\n".join([*lines, *([f"    the nearest is {best['change']}: {best['score']:.2f}"] if best else [])])


def _lines(head: str, shown: Mapping[str, Any]) -> list[str]:
    action = f", {shown['action'].replace('_', ' ')}" if shown["action"] else ""
    return [f"  {head}: {shown['score']:.2f}, {BAND_WORDS[shown['band']]}{action}", f"    {shown['top_factors']}"]


def _shown(scored: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("score", "band", "action", "margin", "percentile", "top_factors", "factors_for", "factors_against", "other_contribution")
    return {name: scored[name] for name in kept}


def _as_record(it: Tried | None) -> dict[str, Any] | None:
    return (
        None if it is None else {"kind": it.change.kind, "change": it.change.words, "score": it.score, "band": it.band, "action": it.action}
    )


def _account(run: Run, wanted: str) -> Row:
    domain = wanted.strip().lower().removeprefix("www.")
    rows = pa_rows(run.tables.read(FEATURES).where(F.col("domain") == domain))
    if not rows:
        raise ConfigurationError(f"--account {wanted}: there is no such account in {FEATURES}; write its domain, such as acme.com")
    if not rows[0]["has_data"]:
        raise ConfigurationError(f"--account {wanted}: nothing but its name is known, so that it has no score")
    return rows[0]


def pa_rows(frame: DataFrame) -> list[Row]:
    """Rows as dictionaries, structs too. An action."""
    return [row.asDict(recursive=True) for row in frame.collect()]


def _technologies(run: Run, model: QualificationModel) -> dict[str, str | None]:
    """The products that the model knows, each with its category: a scan of the stacks."""
    entries = run.tables.read(FEATURES).select(F.explode("tech_stack").alias("it")).select("it.*")
    of = entries.groupBy("product").agg(F.min("category").alias("category")).collect()
    category_of = {row["product"]: row["category"] for row in of}
    return {product: category_of.get(product) for product in model.inputs.products}


def _typical(run: Run, model: QualificationModel) -> dict[str, Row]:
    """By keyword set that the model learned from the median of each measure among accounts that research it."""
    sets = [name for name in model.inputs.keyword_sets if name != intent.ANY_SET]
    if not sets:
        return {}
    entries = run.tables.read(FEATURES).select(F.explode("intent").alias("it")).select("it.*").where(F.col("keyword_set").isin(sets))
    medians = [F.expr(f"percentile_approx({measure}, 0.5)").alias(measure) for measure in MEASURES]
    rows = pa_rows(entries.groupBy("keyword_set").agg(*medians).orderBy("keyword_set"))
    return {row.pop("keyword_set"): row for row in rows if None not in row.values()}


def _changed(run: Run, account: Row, texts: Sequence[str], known: Mapping[str, str | None], typical: Mapping[str, Row]) -> Row:
    """The account with the values of --value."""
    changed, values = dict(account), {}
    for text in texts:
        column, equals, value = text.partition("=")
        if not equals:
            raise ConfigurationError(f"--value {text}: should read column=value, such as employees=500")
        if column == "product":
            changed["tech_stack"] = _with_product(changed["tech_stack"], value, known)
        elif column == "keyword_set":
            if value not in typical:
                raise ConfigurationError(f"--value {text}: the model knows no such keyword set; {nearest(value, sorted(typical))}")
            changed |= changes.researching(changed, value, typical[value])
        elif column in FIRMOGRAPHIC_VALUES:
            values[column] = _value(column, value)
        else:
            raise ConfigurationError(f"--value {text}: no such column; {nearest(column, [*FIRMOGRAPHIC_VALUES, *OTHER_VALUES])}")
    for number, as_range in (("employees", "employees_range"), ("revenue_usd", "revenue_range")):
        if as_range in values and number not in values:  # the number would go before it
            values[number] = None
    return changed | (described(run, changed, [values])[0] if values else {})


def _with_product(stack: Sequence[Row], value: str, known: Mapping[str, str | None]) -> list[Row]:
    """The stack with one more product, or without the one that a minus stands before."""
    name = value.removeprefix("-")
    others = [it for it in stack if it["product"] != name]
    if value.startswith("-"):
        return others
    if name not in known:
        raise ConfigurationError(f"--value product={value}: the model knows no such product; {nearest(name, list(known))}")
    return [*others, {"product": name, "category": known[name]}]


def _value(column: str, text: str) -> Any:
    kind = contracts.load(FEATURES).schema[column].dataType
    if text == "":
        return None
    try:
        if isinstance(kind, T.IntegralType | T.DoubleType):
            return float(text) if isinstance(kind, T.DoubleType) else int(text)
        if isinstance(kind, T.BooleanType):
            return TRUTH[text.lower()]
    except (ValueError, KeyError):
        raise ConfigurationError(f"--value {column}={text}: {text} is no {kind.simpleString()}") from None
    return countries.code_of(text) or text if column == "country" else text


def described(run: Run, account: Row, several: Sequence[Row]) -> list[Row]:
    """For each set of changed firmographic values these with all inputs that follow from them, as features are described: one small job."""
    schema = contracts.load(FEATURES).schema
    names = [*FIRMOGRAPHIC_VALUES, "as_of_on"]
    kinds = T.StructType([T.StructField("place", T.IntegerType()), *(T.StructField(it, schema[it].dataType) for it in names)])
    rows = [(place, *({**account, **values}[it] for it in names)) for place, values in enumerate(several)]
    made = with_inputs(run.spark.createDataFrame(rows, kinds).coalesce(1)).orderBy("place")
    return [{name: value for name, value in row.items() if name not in ("place", "as_of_on")} for row in pa_rows(made)]


def _tried(
    run: Run, model: QualificationModel, account: Row, known: Mapping[str, str | None], typical: Mapping[str, Row], schema: pa.Schema
) -> list[Tried]:
    """Every single change, scored by the model."""
    numbers = changes.numbers({name: account[name] for name in changes.NUMBERS})
    rows = described(run, account, [{name: float(it) if name == "revenue_usd" else it for name, it in one.items()} for one in numbers])
    possible: list[Change] = []
    for number, values in zip(numbers, rows, strict=True):
        ((name, value),) = number.items()
        possible.append(changes.of_number(account, name, value, values))
    possible += changes.of_technologies(account, known, model.inputs.categories)
    possible += changes.of_research(account, typical)
    return changes.tried(model.in_pass, account, possible, schema)
