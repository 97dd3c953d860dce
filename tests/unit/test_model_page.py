"""The page of a model: one content, as HTML and as Markdown; what is absent is not shown, what is few is withheld."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from qualscore.reports.house import drawing
from qualscore.reports.house.content import Page, Table, Verdict
from qualscore.reports.house.markdown import markdown
from qualscore.reports.house.page import html
from qualscore.reports.index import index
from qualscore.reports.model_page.page import page
from qualscore.reports.model_page.standing import verdict
from tests.small_report import HOSTILE, RULE, part, report

# Of the values of a factor, which HTML shows as bars.
HEADS = {"of the customers", "of all", "in words"}


class Seen(HTMLParser):
    """The tags, the texts by tag, and the ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [str(value) for name, value in attrs if name == "id"]
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def whole() -> str:
    return html(page(report()))


def section(content: Page, id: str) -> Any:
    return next(it for it in content.sections if it.id == id)


def test_the_first_page_says_the_verdict_the_numbers_and_the_misses() -> None:
    text = markdown(page(report())).replace("\u00a0", " ")
    assert "**Ready.**" in text
    assert "**62 %**; 57 to 67 % with 95 % confidence; at random 10 %" in text
    assert "60 of 361 customers (17 %) score below 50" in text
    assert "1-10 employees; no technologies known | founded 8 years ago | 1.6 |" in text  # and not the city, which moves nothing
    assert text.index("Its misses") < text.index("Where not to use it") < text.index("How well it finds customers")


def test_customers_of_before_are_not_said_to_be_described_as_they_were_where_nothing_is_that_old() -> None:
    text = markdown(page(report(dated_by={"dated": 361, "backfilled": 300}))).replace("\u00a0", " ")
    assert "361 of them as of the day before they became one, 300 of these by company data of a later day" in text
    assert "of a later day" not in markdown(page(report())).split("Customers are")[0]
    assert "(as they are today, as no day is known on which they became one)" in markdown(page(report(dated=0)))


def test_both_forms_say_the_same_numbers(whole: str) -> None:
    """Each cell of each table, and each sentence, is in both."""
    seen = " ".join(" ".join(Seen(whole).texts).split())
    for line in markdown(page(report())).splitlines():
        for cell in re.split(r"(?<!\\)\|", line) if line.startswith("|") else [re.sub(r"^[#* ]+", "", line)]:
            plain = " ".join(re.sub(r"\\(.)", r"\1", cell.replace("**", "")).split())
            if plain and not re.match(r"-+:?$|Ready\.|.*: .*;", plain) and plain not in HEADS:
                assert plain in seen, plain


def test_names_are_text_wherever_they_stand(whole: str) -> None:
    assert "<script>alert" not in whole and HOSTILE in "".join(Seen(whole).texts)
    assert Seen(whole).tags.count("script") == 1  # the page's own
    text = markdown(page(report()))
    assert "<script" not in text.replace("\\<script", "") and "\\| \\*Co\\* \\`\\_\\`" in text


def test_nothing_is_loaded(whole: str) -> None:
    seen = Seen(whole)
    assert {it for it in seen.addresses if not it.startswith("#")} == {"data:,"}
    assert "default-src 'none'" in whole and "http:" not in whole.replace("http://www.w3.org/", "") and "https:" not in whole
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", whole)


def test_every_section_can_be_reached_and_no_id_is_there_twice(whole: str) -> None:
    seen = Seen(whole)
    assert len(seen.ids) == len(set(seen.ids))
    assert {it[1:] for it in seen.addresses if it.startswith("#")} <= set(seen.ids)


def test_pictures_have_no_colour_but_the_pages(whole: str) -> None:
    pictures = "".join(re.findall(r"<svg.*?</svg>", whole, flags=re.DOTALL))
    assert pictures.count("<svg") == 7
    assert re.findall(r"#[0-9a-fA-F]{6}\b", pictures) == [] and "var(--customers)" in pictures
    assert "font-family" not in pictures and "2026-" not in pictures  # nor a date of its own


def test_the_same_report_is_the_same_page(whole: str) -> None:
    assert html(page(report())) == whole


def test_fewer_than_five_are_withheld() -> None:
    text = markdown(page(report())).replace("\u00a0", " ")
    country = text[text.index("### country") : text.index("### uses ")]
    assert "| JP | – | 1.7 % | -0.40 | fewer than 5 customers; n = 338 |" in country
    assert "| IS | – | – | – | fewer than 5 companies |" in country
    assert "| 0 to 10 | 900 | 300 | fewer than 5 |" in text
    assert "| 0 to 25 | Unlikely | 11,314 | fewer than 5 | withheld |  |" in text


def test_a_share_of_fewer_than_five_customers_is_in_no_sentence() -> None:
    top, *others = report()["conversion"]
    few = top | {"customers": 3, "share": 3 / 158}
    text = markdown(page(report(conversion=[few, *others]))).replace("\u00a0", " ")
    assert "1.9 %" not in text and "Of the companies from 75 on 11 % are customers already" in text
    assert "It is no probability to buy." in text


def test_a_value_has_its_base_rate() -> None:
    text = markdown(page(report())).replace("\u00a0", " ")
    assert "0.41 % of companies with 0 to 9 employees became customers, 1.8 % of all; n = 7,133" in text
    assert "became customers, 1.8 % of all; n = 1,501" in text and "6.9 % of companies that use " in text


def test_what_is_absent_is_not_shown() -> None:
    ids = {it.id for it in page(report()).sections}
    assert "belief" in ids and not {"expect", "changes", "made"} & ids
    bare = {name: value for name, value in report().items() if name not in ("gains", "distribution", "importance", "profile", "inputs")}
    assert {it.id for it in page(bare).sections} == {"verdict", "misses", "limits", "slices", "reading", "belief"}


def test_chance_and_learning_are_shown_where_they_were_measured() -> None:
    null = [0.48, 0.5, 0.52]
    points = [{"learned_from": 180, "roc_auc": 0.86}, {"learned_from": 361, "roc_auc": 0.88}]
    told = report(
        permutation_null=null,
        permutation_p=0.25,
        learning_curve=points,
        learning_curve_in_words="more would help",
        drift_auc=0.56,
        drift_factors=["city"],
    )
    text = markdown(page(told))
    assert "Of 3 lists of companies drawn at random none reaches what the model reaches" in text and "(p = 0.250)" in text
    assert "More would help." in text and "reaches ROC-AUC 0.560; 0.5 is no difference. What tells them apart: city." in text
    assert html(page(told)).count("<svg") == 9


def test_what_changed_since_the_model_before() -> None:
    since = {
        "version": 2, "as_of_on": "2026-01-01", "definition_changed": False, "counts": {"customers": [300, 361]},
        "measures": {"roc_auc": [0.87, 0.883], "recall_at_10": [None, 0.623]}, "factors": [{"factor": "city", "before": 0.2, "now": 0.0}],
    }  # fmt: skip
    text = markdown(page(report(since=since))).replace("\u00a0", " ")
    assert "Compared with version 2, trained as of 2026-01-01. The definition is the same." in text
    assert "| ROC-AUC | 0.870 | 0.883 |" in text and "| customers in the best 10 % | – | 62 % |" in text
    assert "| customers | 300 | 361 |" in text and "| city | 20 % | 0 % |" in text


def test_a_challenger_says_why_it_waits() -> None:
    gate = {
        "champion": 2,
        "roc_auc": [0.9, 0.883],
        "roc_auc_difference": [-0.03, -0.01],
        "bands_changed": 0.031,
        "against": ["it is worse"],
    }
    text = markdown(page(report(gate=gate))).replace("\u00a0", " ")
    assert "**Doubtful.**" in text and "* It waits and does not score, because it is worse." in text
    assert "version 2 reaches ROC-AUC 0.900 and this one 0.883 (difference -0.030 to -0.010 with 95 % confidence)" in text
    assert "It gives 3.1 % of the companies another band." in text and "So version 2 still scores" in text


def test_what_was_expected_and_who_misses_it() -> None:
    shown = EXPECTED | {"accounts": "list control", "asked": "shown only", "must": False, "passed": None, "mean_score": None, "misses": []}
    text = markdown(page(report(expect=[EXPECTED, shown])))
    assert "| list best | at least 75 for 60% (must) | no | 10 | 3 | 61 |" in text
    assert "| list control | shown only | only shown | 10 | 3 | – |" in text
    assert "| – | b.com | list best | Against: employees: 3 | 12.3 |" in text


def test_how_it_was_made_is_enough_to_make_it_again() -> None:
    made = {
        "examples": "account list won", "excluded": None, "reference": "all other companies", "run_id": "ab12", "code_version": "17d7",
        "training": {"repeats": 3, "folds": 5, "seed": 7}, "inputs": {"clean/accounts": 4}, "definition": {"examples": {"any": []}},
    }  # fmt: skip
    text = markdown(page(report(made=made)))
    for cells in ("run | ab12", "code | 17d7", "training: seed | 7", "clean/accounts | 4", 'examples | {"any": \\[\\]}'):
        assert f"| {cells} |" in text, cells
    assert "Customers are: account list won. They are compared with all other companies." in text


WINS = {"rule": RULE["rule"], "is_clear": True, "measure": "roc_auc", "model": 0.6, "value": 0.7}
EXPECTED = {
    "accounts": "list best", "asked": "at least 75 for 60%", "must": True, "scored": 10, "met": 3, "share": 0.3, "passed": False,
    "mean_score": 61.2, "misses": [{"domain": "b.com", "company_name": None, "score": 12.34, "top_factors": "Against: employees: 3"}],
}  # fmt: skip
DOUBTS: dict[str, dict[str, Any]] = {
    "It learned from 73 customers; 100 or more are recommended.": {"customers": 73},
    "The model is weak. What to do: add customers.": {
        "suspicions": [{"kind": "weak", "said": "the model is weak", "advice": "add customers"}]
    },
    "It misses what was expected: list best: at least 75 for 60%; 3 of 10 are.": {"expect": [EXPECTED]},
}


@pytest.mark.parametrize("reason", DOUBTS)
def test_each_doubt_is_a_reason(reason: str) -> None:
    assert verdict(report(**DOUBTS[reason])) == Verdict(
        "doubtful", "The model was trained, but look at this before anybody acts on its scores.", (reason,)
    )


def test_a_rule_that_wins_in_a_part_is_no_doubt_of_the_whole_but_a_limit() -> None:
    said = f"country DE: '{RULE['rule']}' alone is better"
    doubt = {"kind": "rule_wins", "said": said, "advice": "sort by it"}
    told = report(suspicions=[doubt], slices=[part("country DE", 0.7, beaten_by=(WINS,)), part("listed", 0.62, low=0.52)])
    assert verdict(told).standing == "ready"
    limits = section(page(told), "limits").blocks[0].items
    assert f"Country DE (73 customers): '{RULE['rule']}' alone orders these companies better." in limits
    assert "Listed (73 customers): the order may be little better than chance (ROC-AUC 0.520 to 0.670)." in limits


def test_a_rule_that_wins_over_all_is_a_doubt() -> None:
    doubt = {"kind": "rule_wins", "said": f"among all accounts: '{RULE['rule']}' alone is better", "advice": "sort by it"}
    assert verdict(report(suspicions=[doubt], beaten_by=[WINS])).standing == "doubtful"


def test_a_refusal_is_a_page_of_its_own() -> None:
    refused = page({"score_name": "small", "as_of_on": "2026-06-01", "refused": "small: no signal. Nothing was registered."})
    text = markdown(refused)
    assert "**Refused.**" in text and "* small: no signal. Nothing was registered." in text
    assert 'class="verdict refused"' in html(refused) and [it.id for it in refused.sections] == ["verdict"]


def test_rules_have_a_page_with_customers_and_without() -> None:
    head = ("score_name", "as_of_on", "customers", "unlabelled", "dated", "by_time", "bands_today", "psi")
    known = {name: report()[name] for name in head} | {"type": "rules", "warnings": [], "suspicions": [], "rules": [], "slices": []}
    known |= {
        "criteria": [{"criterion": "uses Kafka", "points": 20.0, "customers": None, "others": 0.076, "unknown": 0.0}],
        "intervals": {},
    }
    text = markdown(page(known)).replace("\u00a0", " ")
    assert "**Doubtful.** A person wrote its rules" in text and "| uses Kafka | +20 | – | 7.6 % | 0 % |" in text
    assert "the rules that a person wrote (1). It learned nothing" in text
    measured = known | {name: report()[name] for name in ("roc_auc", "recall_at_1", "recall_at_10", "intervals", "slices", "rules")}
    assert "**Ready.**" in markdown(page(measured)) and "Where it is good and where not" in html(page(measured))
    assert index({"small": known}).sections[0].blocks[0].rows[0] == ("small", "doubtful", "–", "2026-06-01", "–", "–")  # type: ignore[union-attr]


def test_the_page_of_all_scores_leads_to_each_report() -> None:
    listed = index({"small": report(), "other": {"score_name": "other", "as_of_on": "2026-06-01", "refused": "no signal"}})
    (table,) = listed.sections[0].blocks
    assert isinstance(table, Table) and [row[:2] for row in table.rows] == [("other", "refused"), ("small", "ready")]
    assert '<a href="small/model.html">small</a>' in html(listed) and "[small](small/model.html) | ready" in markdown(listed)
    assert "No score has a model yet." in html(index({}))


def test_a_dollar_is_no_formula() -> None:
    drawn = drawing.drawn(lambda axes: axes[0].set_xlabel("$1M to $10M") and None, name="x & <y>")
    assert ">$1M to $10M</text>" in drawn and 'aria-label="x &amp; &lt;y>"' in drawn
