"""What a run of the main job prints at its end: one page for a newcomer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.model.scoring import factor_sides
from qualscore.model.scoring.bands import BAND_WORDS, HIGHLY_LIKELY
from qualscore.reports.account_card.card import named
from qualscore.reports.house.content import Block, Listing, Page, Section, Table, Text
from qualscore.reports.house.terminal import readable
from qualscore.reports.house.words import percent
from qualscore.reports.model_page.standing import verdict
from qualscore.scores.crm_states import CUSTOMER, NOT_IN_CRM, OPEN_DEAL, UNTOUCHED

Overview = Mapping[str, Any]
SHOWN_BEST, SHOWN_DOUBTS = 10, 4
WORDS = 200  # letters of a doubt
CRM_STATES = {
    CUSTOMER: "customers",
    OPEN_DEAL: "with an open deal",
    UNTOUCHED: "else in the CRM",
    NOT_IN_CRM: "not in the CRM",
}


def overview_page(overview: Overview) -> Page:
    """The page.

    Args:
        overview: warehouse, accounts, market (by score and CRM state accounts and highly_likely), sources (the deliveries of
            scores/score_runs), scores (each with score_name, bands, unscored, customers, hidden, best and report), options (what the
            next commands repeat), and is_verbose.
    """
    sections = (*_sources(overview), *_market(overview), *_scores(overview["scores"]), *_best(overview), *_doubts(overview["scores"]))
    title = f"{overview['accounts']:,} accounts in {overview['warehouse']}"
    return Page(title, "what came in, what came out, and what to do next", (*sections, *_next(overview)))


def _sources(overview: Overview) -> Iterator[Section]:
    if overview["sources"]:
        rows = tuple(_source(it) for it in overview["sources"])
        head = ("source", "refused because", "rows read", "clean", "superseded", "refused")
        folded = Text("How full each column is, and what was not understood: ./spark-submit.sh pipeline --verbose --restart", "note")
        yield Section("sources", "Sources", (Table(head, rows, numbers=4), folded))


def _source(it: Overview) -> tuple[str, ...]:
    numbers = tuple(f"{it[name]:,}" for name in ("rows_read", "clean", "superseded", "rejected"))
    return readable(it["source"], most=60), counted(it["reasons"]) if it["reasons"] else "", *numbers


def _market(overview: Overview) -> Iterator[Section]:
    """Where the accounts are, and by score how many of them are Highly Likely."""
    cells = overview["market"]
    if cells:
        names = sorted({it["score_name"] for it in cells})
        known = {(it["score_name"], it["crm_state"]): it for it in cells}
        rows = tuple(_state(state, [known.get((name, state), {}) for name in names], overview["accounts"]) for state in CRM_STATES)
        head = ("", "share", "accounts", *(f"{BAND_WORDS[HIGHLY_LIKELY]} for {name}" for name in names))
        yield Section("market", "Market", (Table(head, rows, numbers=len(head) - 1),))


def _state(state: str, cells: Sequence[Overview], accounts: int) -> tuple[str, ...]:
    """A CRM state is an account's, the same for all scores."""
    number = cells[0].get("accounts", 0)
    return CRM_STATES[state], percent(number / max(accounts, 1)), f"{number:,}", *(f"{it.get('highly_likely', 0):,}" for it in cells)


def _scores(scores: Sequence[Overview]) -> Iterator[Section]:
    head = ("score", "model", "ROC-AUC (95 %)", "customers", "found in the best 10 %", *BAND_WORDS.values(), "no score")
    blocks: list[Block] = [Table(head, tuple(map(_score, scores)), numbers=len(head) - 2)]
    blocks += [Text(_hidden(it), "note") for it in scores if it["hidden"]]
    if any(it["unscored"] for it in scores):
        blocks.append(Text(f"No score: {_reasons(scores)}. scores/unscored_accounts lists them.", "note"))
    yield Section("scores", "Scores", tuple(blocks))


def _reasons(scores: Sequence[Overview]) -> str:
    """Said once where all scores have the same."""
    by_score = {it["score_name"]: counted(it["unscored"]) or "nobody" for it in scores}
    different = set(by_score.values())
    return different.pop() if len(different) == 1 else "; ".join(f"{name}: {said}" for name, said in by_score.items())


def _score(it: Overview) -> tuple[str, ...]:
    """Figures are of accounts that the models did not see."""
    report = it["report"] or {}
    standing = verdict(report).standing if report else "–"
    auc, found = "–", "–"
    if "roc_auc" in report:
        low, high = report["intervals"]["roc_auc"]
        auc, found = f"{report['roc_auc']:.3f} ({low:.3f} to {high:.3f})", percent(report["recall_at_10"])
    bands = tuple(f"{it['bands'].get(band, 0):,}" for band in BAND_WORDS)
    return it["score_name"], standing, auc, f"{it['customers']:,}", found, *bands, f"{sum(it['unscored'].values()):,}"


def _hidden(it: Overview) -> str:
    hidden = it["hidden"]
    return (
        f"{it['score_name']}: customers of the sample that the model was not shown: ROC-AUC {hidden['roc_auc']:.3f} (the truth itself: "
        f"{hidden['truth_roc_auc']:.3f}), {hidden['recall_at_10']:.0%} of them in the best 10 % ({hidden['truth_recall_at_10']:.0%})."
    )


def _best(overview: Overview) -> Iterator[Section]:
    sides = ("speaks for it", "speaks against it") if overview["is_verbose"] else ("speaks for it",)
    for it in overview["scores"]:
        if it["best"]:
            rows = tuple(
                (named(row["company_name"], row["domain"]), *factor_sides.sides(row["top_factors"])[: len(sides)], f"{row['score']:.2f}")
                for row in it["best"]
            )
            table = Table(("account", *sides, "points"), rows[:SHOWN_BEST], numbers=1)
            yield Section(f"best {it['score_name']}", f"Best accounts of {it['score_name']} that are no customers", (table,))


def _doubts(scores: Sequence[Overview]) -> Iterator[Section]:
    said = [f"{it['score_name']}: {readable(doubt, most=WORDS)}" for it in scores for doubt in _of_report(it["report"] or {})]
    said = said or ["Nothing that was looked for was found."]
    yield Section("doubts", "What to doubt", (Listing(tuple(said)),))


def _of_report(report: Overview) -> list[str]:
    """The reasons of a verdict that is not ready, and what is to be known of the data; the others are counted."""
    if not report:
        return []
    judged = verdict(report)
    doubts = list(judged.reasons) if judged.standing != "ready" else []
    known = [str(it).removeprefix(f"{report['score_name']}: ") for it in report.get("warnings", [])]
    doubts += [it for it in known if not any(it.lower() in doubt.lower() for doubt in doubts)]
    more = len(doubts) - SHOWN_DOUBTS
    return [*doubts[:SHOWN_DOUBTS], *([f"{more} more are in its report"] if more > 0 else [])]


def _next(overview: Overview) -> Iterator[Section]:
    options, warehouse = overview["options"], overview["warehouse"]
    best = next((row["domain"] for it in overview["scores"] for row in it["best"]), "DOMAIN")
    steps = {
        "All about an account, by its domain or its name:": f"./spark-submit.sh account {best}{options}",
        "The market, whom to call and why, for sales and marketing:": f"{warehouse}/reports/business.html",
        "Whether to believe the scores, and what the models look at:": f"{warehouse}/reports/index.html",
        "The best accounts, in Spark SQL:": f"SELECT * FROM delta.`{warehouse}/scores/top_accounts` ORDER BY score_name, rank",
        "The same in Python, without Spark:": f"deltalake.DeltaTable('{warehouse}/scores/top_accounts').to_pandas()",
        "What all columns mean:": "schemas/README.md",
    }
    texts = [text for head, command in steps.items() for text in (Text(head, "note"), Text(command, "command"))]
    yield Section("next", "What to do next", tuple(texts))


def counted(counts: Mapping[str, int]) -> str:
    """Numbers by name, the largest first.

    >>> counted({"NO_DATA": 208, "EXCLUDED": 1067, "NO_DOMAIN": 0})
    'EXCLUDED 1,067, NO_DATA 208'
    """
    known = sorted(((name, number) for name, number in counts.items() if number), key=lambda it: (-it[1], it[0]))
    return ", ".join(f"{name} {number:,}" for name, number in known)
