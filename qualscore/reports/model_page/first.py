"""The first page: the verdict, what was asked, the honest numbers, the misses, and where not to use the model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.model.scoring.factor_words import phrase
from qualscore.reports.house.content import Block, Listing, Section, Table, Text, Tile, Tiles
from qualscore.reports.house.words import auc, between, count, percent
from qualscore.reports.model_page.report import Report
from qualscore.reports.model_page.standing import verdict

WEAK_END = 0.6  # a slice whose interval of ROC-AUC reaches down to it
SHOWN_AGAINST, SHOWN_FOR = 3, 2
LEAST_TOLD = 0.05  # of log-odds: a score of 50 becomes one of 51


def sections(report: Report) -> Iterator[Section]:
    """Verdict and numbers, misses, and limits."""
    yield Section("verdict", "In short", (verdict(report), *_asked(report), *_numbers(report), *_remarks(report)))
    if "misses" in report:
        yield Section("misses", "Its misses", tuple(_misses(report)))
    yield Section("limits", "Where not to use it", (Listing(tuple(_limits(report))),))


def _asked(report: Report) -> Iterator[Block]:
    if "criteria" in report:
        yield Text(
            f"It was asked how far companies meet the rules that a person wrote ({len(report['criteria'])}). It learned nothing; it is "
            f"measured by {report['customers']:,} customers against {report['unlabelled']:,} companies that are no customers yet.",
            "lead",
        )
        return
    yield Text(
        f"It was asked: which companies look like your customers? It learned from {report['customers']:,} customers "
        f"({_described_as_of(report)}) against {report['unlabelled']:,} "
        "companies that are no customers yet, and it is judged on companies that it was not shown.",
        "lead",
    )
    made = report.get("made")
    if made and made["examples"]:
        yield Text(f"Customers are: {made['examples']}. They are compared with {made['reference']}.", "note")


def _described_as_of(report: Report) -> str:
    """Of which day the customers were described, and how many of them by firmographics of a later one."""
    dated, later = report["dated"], report.get("dated_by", {}).get("backfilled", 0)
    if not dated:
        return "as they are today, as no day is known on which they became one"
    known = f"{dated:,} of them as of the day before they became one"
    return f"{known}, {later:,} of these by company data of a later day, as there was none of before" if later else known


def _numbers(report: Report) -> Iterator[Block]:
    ends = report["intervals"]
    if not ends:
        return
    low, high = ends["roc_auc"]
    tiles = [
        Tile(
            "Customers in the best 10 %",
            percent(report["recall_at_10"]),
            f"{between(*ends['recall_at_10'])} with 95 % confidence; at random 10 %",
        ),
        Tile("Customers in the best 1 %", percent(report["recall_at_1"]), f"{between(*ends['recall_at_1'])}; at random 1 %"),
        Tile("A customer scores above another company", percent(report["roc_auc"]), f"of pairs; ROC-AUC {auc(low)} to {auc(high)}"),
    ]
    if report.get("rules"):
        best = report["rules"][0]
        interval = best.get("intervals", {}).get("recall_at_10")
        known = f" ({between(*interval)})" if interval else ""
        tiles.append(Tile("The best one-line rule finds", percent(best["recall_at_10"]), f"in its best 10 %{known}: {best['rule']}"))
    later = report.get("by_time", {})
    if "roc_auc" in later:
        tiles.append(
            Tile(
                f"Of customers since {later['from']}",
                percent(later["recall_at_10"]),
                f"in the best 10 %, by models that knew only earlier ones; ROC-AUC {auc(later['roc_auc'])}",
            )
        )
    if report.get("calibration_error") is not None:
        tiles.append(Tile("Scores are off by", percent(report["calibration_error"]), "on average, against what was observed"))
    yield Tiles(tuple(tiles))


def _remarks(report: Report) -> Iterator[Block]:
    """What is to be known of the data; names of the score before each are of the console."""
    said = tuple(it.removeprefix(f"{report['score_name']}: ") for it in report.get("warnings", []))
    if said:
        yield Text("To be known of the data:")
        yield Listing(tuple(f"{it[:1].upper()}{it[1:]}" for it in said))


def _misses(report: Report) -> Iterator[Block]:
    likely = report["bands"]["likely"]
    below = sum(it["customers"] for it in report["conversion"] if it["to"] <= likely)
    if not report["misses"]:
        yield Text(f"No customer scores below {likely:g}.")
        return
    yield Text(
        f"{below:,} of {report['customers']:,} customers ({percent(below / report['customers'])}) score below {likely:g}: companies like "
        f"them will not be found. The {len(report['misses'])} lowest, each scored by models that did not see it:"
    )
    head = ("customer", "domain", "speaks against it", "speaks for it", "score")
    yield Table(head, tuple(_miss(it) for it in report["misses"]), numbers=1)


def _miss(miss: Mapping[str, Any]) -> tuple[str, ...]:
    against, favour = _named(miss["factors_against"], SHOWN_AGAINST), _named(miss["factors_for"], SHOWN_FOR)
    return miss["company_name"] or "–", miss["domain"], against, favour, f"{miss['score']:.1f}"


def _named(factors: Sequence[Mapping[str, Any]], most: int) -> str:
    """Those that move the score so that anybody would see it."""
    told = [it for it in factors if abs(it["contribution"]) >= LEAST_TOLD][:most]
    return "; ".join(phrase(it["factor"], it["value"]) for it in told) or "–"


def _limits(report: Report) -> Iterator[str]:
    yield "It does not say when a company will buy, nor whether it can: it says how much it resembles customers. That is no probability."
    for part in report.get("slices", []):
        wins = [it for it in part["beaten_by"] if it["is_clear"]]
        if wins:
            yield f"{_slice(part)}: '{wins[0]['rule']}' alone orders these companies better."
        elif part["roc_auc_low"] < WEAK_END:
            ends = f"{auc(part['roc_auc_low'])} to {auc(part['roc_auc_high'])}"
            yield f"{_slice(part)}: the order may be little better than chance (ROC-AUC {ends})."
    inside = next((it for it in report.get("slices", []) if it["slice"] == "in the CRM"), None)
    if inside:
        yield (
            f"Within the CRM it orders less sharply: {percent(inside['recall_at_10'])} of the customers are in the best 10 % of the CRM's "
            f"companies, where among all companies it is {percent(report['recall_at_10'])}."
        )
    yield "Parts of the universe with fewer than 20 customers were not judged: nobody knows how good it is there."
    if report["dated"] * 2 < report["customers"]:
        yield (
            "Most customers have no date: they are described as they are today, in part because they are customers. "
            "Expect less of it on new ones."
        )


def _slice(part: Mapping[str, Any]) -> str:
    name = part["slice"]
    return f"{name[:1].upper()}{name[1:]} ({count(part['customers'])} customers)"
