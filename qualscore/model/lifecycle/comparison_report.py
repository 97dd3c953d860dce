"""What a comparison of two models counted, for programs and for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from qualscore.model.lifecycle import comparison
from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.model.scoring.pass_model import BANDS

SHOWN_CAUSES, SHOWN_FACTORS = 6, 8
PLACES = {"crm": "in the CRM", "evaluation": "in the evaluation sample", "universe": "in the universe"}

GATE = {"roc_auc": "ROC-AUC", "average_precision": "average precision", "recall_at_10": "found in the top 10 %"}

Record = dict[str, Any]


def record(rows: pd.DataFrame) -> Record:
    """What `comparison.compare` counted: bands and causes by place, factors whose weight changed most first, movers furthest first."""
    places = [place for place in PLACES if (rows["place"] == place).any()]
    factors = rows[rows["kind"] == comparison.FACTOR]
    ordered = factors.assign(far=(factors["after"] - factors["before"]).abs()).sort_values(["far", "first"], ascending=[False, True])
    movers = rows[rows["kind"] == comparison.MOVER]
    return {
        "places": {place: _of_place(rows[rows["place"] == place]) for place in places},
        "factors": ordered.rename(columns={"first": "factor"})[["factor", "before", "after"]].to_dict("records"),
        "movers": movers.rename(columns={"first": "domain", "second": "cause"})[["domain", "cause", "before", "after"]].to_dict("records"),
    }


def _of_place(rows: pd.DataFrame) -> Record:
    bands, causes = rows[rows["kind"] == comparison.BAND], rows[rows["kind"] == comparison.CAUSE]
    moved = bands[bands["first"] != bands["second"]]
    ordered = causes.sort_values(["accounts", "first", "second"], ascending=[False, True, True])
    return {
        "accounts": int(bands["accounts"].sum()),
        "changed": int(moved["accounts"].sum()),
        "bands": bands.rename(columns={"first": "from", "second": "to"})[["from", "to", "accounts"]].to_dict("records"),
        "causes": ordered.rename(columns={"first": "cause", "second": "direction"})[["cause", "direction", "accounts"]].to_dict("records"),
    }


def lines(compared: Mapping[str, Any]) -> list[str]:
    """In words: what the gate says, bands and causes for each place, factors, and who moves furthest."""
    return [*_gate(compared), *_counted(compared)]


def _gate(compared: Mapping[str, Any]) -> Iterator[str]:
    figures, against = compared["gate"], "; ".join(compared["against"])
    yield f"{compared['score_name']}: version {compared['challenger']} (challenger) in place of version {compared['champion']} (champion)"
    if "roc_auc" in figures:  # rules are judged by their definition
        (low, high), pairs = figures["roc_auc_difference"], {key: figures[key] for key in GATE}
        told = [f"{GATE[key]} {before:.3f} -> {after:.3f}" for key, (before, after) in pairs.items()]
        yield f"  today's customers   {', '.join(told)}; difference of ROC-AUC {low:+.3f} to {high:+.3f}"
    yield f"  may it serve        {f'not by itself: {against}' if against else 'yes'}"


def _counted(compared: Mapping[str, Any]) -> Iterator[str]:
    for place, found in compared["places"].items():
        share = found["changed"] / max(1, found["accounts"])
        yield f"  {PLACES[place]}: {found['changed']:,} of {found['accounts']:,} accounts change band ({share:.1%})"
        yield from _bands(found["bands"])
        yield from _listed("why", [f"{it['accounts']:,} {it['direction']}: {it['cause']}" for it in found["causes"][:SHOWN_CAUSES]])
    factors = [it for it in compared["factors"] if it["before"] != it["after"]][:SHOWN_FACTORS]
    yield from _listed("factors that moved", [f"{it['factor']}: {it['before']:.3f} -> {it['after']:.3f}" for it in factors])
    yield from _listed(
        "furthest", [f"{it['domain']}: {it['before']:.0f} -> {it['after']:.0f} ({it['cause']})" for it in compared["movers"]]
    )


def _bands(bands: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table: the band before in a line, the new one in a column."""
    number_of = {(it["from"], it["to"]): it["accounts"] for it in bands}
    yield f"    {'from / to':<16}" + "".join(f"{word:>16}" for word in BAND_WORDS.values())
    for old, word in BAND_WORDS.items():
        yield f"    {word:<16}" + "".join(f"{number_of.get((old, new), 0):>16,}" for new in reversed(BANDS))


def _listed(head: str, texts: Sequence[str]) -> Iterator[str]:
    for i, text in enumerate(texts):
        yield f"    {head if i == 0 else '':<20}{text}"
