"""What an account researched, as columns of the model: the same measures of each keyword set, and over all sets."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.features.intent import MEASURES, WINDOWS

ANY_SET = ""


def keyword_sets(seen: Collection[str], definition: Definition) -> tuple[str, ...]:
    """The keyword sets that a model learns from, in alphabetical order, and before them ANY_SET where it may use all of them.

    Args:
        seen: the sets with a signal in the training frame; of others there is nothing to learn.
        definition: what it may use. Signals over all sets are not used when it picks some: they hold those of the others.
    """
    if "intent" in definition.features.leave_out.families or not seen:
        return ()
    if definition.keyword_sets == "all":
        return (ANY_SET, *sorted(seen))
    return tuple(name for name in definition.keyword_sets if name in seen)


def measures(definition: Definition) -> tuple[str, ...]:
    """The measures of each keyword set, without the columns left out."""
    left = definition.features.leave_out
    return tuple(name for name in MEASURES if not left.has("columns", f"intent_{name}"))


def factor(keyword_set: str) -> str:
    """A keyword set as a person would name it.

    >>> factor("data_warehouse"), factor(ANY_SET)
    ('researches: data warehouse', 'research activity')
    """
    return "research activity" if keyword_set == ANY_SET else f"researches: {keyword_set.replace('_', ' ')}"


def columns(keyword_sets: tuple[str, ...], measures: tuple[str, ...]) -> list[str]:
    """The columns that with_columns adds, in the order of the model's: keyword set by keyword set."""
    return [f"intent_{place}_{measure}" for place in range(len(keyword_sets)) for measure in measures]


def with_columns(frame: DataFrame, keyword_sets: tuple[str, ...], measures: tuple[str, ...]) -> DataFrame:
    """Adds one column per keyword set and measure to account features; null where the deliveries do not cover the window."""
    # Columns of their own, or Spark would search the array anew for each measure.
    structs = {f"_researched_{place}": _struct(name) for place, name in enumerate(keyword_sets)}
    values = [_input(F.col(name), measure) for name in structs for measure in measures]
    added = dict(zip(columns(keyword_sets, measures), values, strict=True))
    return frame.withColumns(structs).withColumns(added).drop(*structs) if added else frame


def shown(keyword_set: str) -> Column:
    """What a person reads: `12 signals in 13 weeks`; of 52 weeks when there is none in 13. Null when no window is covered."""
    if keyword_set == ANY_SET:
        return _text({weeks: F.col(f"intent_signals_{weeks}w") for weeks in WINDOWS})
    entries = F.filter("intent", lambda it: it["keyword_set"] == F.lit(keyword_set))
    texts = F.transform(entries, lambda it: _text({weeks: it[f"signals_{weeks}w"] for weeks in WINDOWS}))
    none = [F.when(F.col(f"intent_signals_{weeks}w").isNotNull(), F.lit(f"0 signals in {weeks} weeks")) for weeks in reversed(WINDOWS)]
    return F.coalesce(F.get(texts, F.lit(0)), *none)


def _text(signals: dict[int, Column]) -> Column:
    texts = {
        weeks: F.concat(count.cast("string"), F.when(count == 1, " signal").otherwise(" signals"), F.lit(f" in {weeks} weeks"))
        for weeks, count in signals.items()
    }
    return F.coalesce(F.when(signals[13] > 0, texts[13]), *(texts[weeks] for weeks in reversed(WINDOWS)))


def _struct(keyword_set: str) -> Column:
    """The struct of a keyword set; null when it has no signal."""
    if keyword_set == ANY_SET:
        return F.struct(*(F.col(f"intent_{name}").alias(name) for name in MEASURES))
    return F.get(F.filter("intent", lambda it: it["keyword_set"] == F.lit(keyword_set)), F.lit(0))


def _input(struct: Column, measure: str) -> Column:
    if measure == "weeks_since_last":
        # Counted from the other end, so that no signal is the least of it, and 0: most accounts have none, and a vector stores no 0.
        return F.coalesce(F.lit(52) - struct[measure], F.when(F.col("intent_signals_52w").isNotNull(), 0))
    return _filled(struct, measure, 13 if measure == "trend" else int(measure.rpartition("_")[2][:-1]))


def _filled(struct: Column, measure: str, weeks: int) -> Column:
    """0 for what was not seen in a window that the deliveries cover, else null."""
    return F.coalesce(struct[measure], F.when(F.col(f"intent_signals_{weeks}w").isNotNull(), 0))
