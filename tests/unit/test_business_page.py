"""The business report: every number that it prints, what is absent, what is withheld, and how large it may become."""

from typing import Any

from qualscore.reports.business_page.numbers import MOST_BEST, MOST_CARDS, MOST_MOVED, MOST_SPOTS
from qualscore.reports.business_page.page import page, page_of_all
from qualscore.reports.house.content import Page, Table
from qualscore.reports.house.markdown import markdown
from qualscore.reports.house.page import html
from qualscore.reports.index import index
from tests.small_business import (
    BEST,
    HOSTILE,
    MATRIX,
    MODEL,
    MOVED,
    OUTCOMES,
    PERFORMANCE,
    SPOTS,
    SURPRISES,
    account,
    cell,
    numbers,
    numbers_of_all,
)  # fmt: skip

MOST_BYTES = 5_000_000


def text(content: Page) -> str:
    return markdown(content).replace("\u00a0", " ").replace("\\", "")


def table(content: Page, section: str, place: int = 0) -> tuple[tuple[str, ...], ...]:
    """A table's head and rows."""
    blocks = next(it.blocks for it in content.sections if it.id == section)
    found = [it for it in blocks if isinstance(it, Table)][place]
    return found.head, *found.rows


def test_the_first_screen_says_how_large_the_market_is_and_whom_to_call() -> None:
    said = text(page(numbers()))
    assert (
        "Of 100 accounts 12 look like your customers (12 %). On 9 of these nobody works yet: that is your white space. 2 of them research "
        "the subject right now: call them first." in said
    )
    assert "* Look like your customers: **12**; 4 Highly Likely and 8 Likely" in said
    assert "* White space: **9**; 6 are not in the CRM, 3 are in it without a deal" in said
    assert "* Call now: **3**; look like your customers and research now; 2 of them in the white space" in said
    assert "* With an open deal: **1**; 1 of them look like your customers" in said
    assert "* Customers: **fewer than 5**; how many score well is withheld" in said
    assert "* Accounts: **100**; 7 of them have no score; what would mend that is below" in said
    assert "Its model is ready to use. Version 3 was trained as of 2026-06-01; it is to be trained again on 2026-12-01." in said


def test_the_market_is_bands_by_state_and_few_customers_are_not_told() -> None:
    assert table(page(numbers()), "market") == (
        ("", "not in the CRM", "in the CRM, untouched", "with an open deal", "customers", "all"),
        ("Highly Likely", "2", "0", "0", "fewer than 5", "4"),
        ("Likely", "4", "3", "1", "0", "8"),
        ("Unlikely", "80", "0", "0", "fewer than 5", "81"),
        ("No score", "7", "0", "0", "0", "7"),
        ("all", "93", "3", "1", "fewer than 5", "100"),
    )
    assert table(page(numbers()), "market", 2) == (
        ("country", "accounts", "Likely or better", "customers", "white space", "of it Highly Likely", "of it call now"),
        ("Germany", "70", "9", "fewer than 5", "7", "2", "2"),
        ("unknown", "30", "3", "0", "2", "0", "0"),
    )
    assert table(page(numbers()), "spots")[1:3] == (
        ("Software & Internet", "Germany", "51-250", "6", "2", "4", "2"),
        ("Software & Internet", "unknown", "51-250", "2", "0", "2", "0"),
    )


def test_fit_stands_beside_intent_for_all_and_for_the_white_space() -> None:
    made = page(numbers())
    assert table(made, "intent")[1:4] == (
        ("Highly Likely", "1", "0", "3", "4"),
        ("Likely", "2", "1", "5", "8"),
        ("Unlikely", "4", "0", "77", "81"),
    )
    assert table(made, "intent", 1)[1:] == (("Highly Likely", "1", "0", "1", "2"), ("Likely", "1", "1", "5", "7"))
    silent = page(numbers(matrix=[cell("likely", "untouched", 3)]))
    assert "No account researches the score's subjects" in text(silent)


def test_accounts_are_named_with_what_speaks_for_them_and_whom_they_are_like() -> None:
    rows = table(page(numbers()), "best")
    assert rows[0][:4] == ("account", "domain", "why it fits", "most like your customers")
    assert rows[2] == ("b.io", "b.io", "–", "–", "Retail", "United States", "51-250", "untouched", "some", "96.00")
    assert rows[3][1:4] == ("c.de", "51-200 employees; uses Kafka", "Globex, initech.com")
    assert "This page holds 3 accounts, and the white space 9." in text(page(numbers()))


def test_movers_are_told_by_cause_and_by_name() -> None:
    made = page(numbers())
    assert table(made, "movers")[1] == ("their data changed, or time passed", "1,200", "0", "0", "0", "0", "0")
    assert table(made, "movers")[3][-1] == "3"
    assert table(made, "movers", 1)[2] == ("Dee", "d.de", "down", "Unlikely", "customer", "-7.25", "10.00")
    assert "Nothing moved in the last 90 days" in text(page(numbers(changes=[], moved=[])))


def test_deals_are_told_by_score_and_those_of_few_customers_are_withheld() -> None:
    made = page(numbers(performance=PERFORMANCE))
    assert [it for it in table(made, "worth") if it[0] != "No score"] == [
        ("score", "deals", "won", "conversion", "95 % interval", "times the average", "won revenue", "average deal", "median days to win"),
        ("90 to 100", "61", "30", "50\u00a0%", "25 to 100\u00a0%", "2.0", "$3.8M", "$125K", "62"),
        ("50 to 60", "101", "10", "10\u00a0%", "5.0 to 20\u00a0%", "0.4", "$1.2M", "$125K", "62"),
        ("0 to 10", "61", "fewer than 5", "withheld", "withheld", "–", "–", "–", "–"),
        ("all", "221", "43", "20\u00a0%", "9.8 to 39\u00a0%", "0.8", "$5.4M", "$125K", "62"),
    ]
    assert "this is no proof" in text(made) and "a score of 90 to 100 50 % were won, of all 20 %" in text(made)
    proof = [*PERFORMANCE, *({**it, "basis": "score_when_created"} for it in PERFORMANCE)]
    assert "this is the proof" in text(page(numbers(performance=proof))) and "no proof" not in text(page(numbers(performance=proof)))
    assert "worth" not in {it.id for it in page(numbers()).sections}


def test_it_is_told_whether_lists_worked() -> None:
    made = page(numbers(outcomes=OUTCOMES, surprises=SURPRISES))
    assert table(made, "outcomes")[1:] == (
        ("Highly Likely", "contacted", "–", "200", "40", "20\u00a0%", "15 to 26\u00a0%", "–"),
        ("Likely", "won", "more than expected", "200", "40", "20\u00a0%", "15 to 26\u00a0%", "31.5"),
    )
    assert table(made, "outcomes", 1)[1][3:] == ("won, and scored low", "51-200 employees; uses Kafka", "2026-05-01", "12.00")
    of_all = table(page_of_all(numbers_of_all(outcomes=OUTCOMES)), "outcomes")
    assert of_all[1][:3] == ("dach", "contacted", "calling brought more") and of_all[1][-2:] == ("10\u00a0%", "+2.0 to +18.0")
    assert of_all[2][:3] == ("dach", "won", "nobody was held out") and of_all[2][-2:] == ("–", "–")
    assert "outcomes" not in {it.id for it in (*page(numbers()).sections, *page_of_all(numbers_of_all()).sections)}


def test_who_has_no_score_is_told_what_would_mend_it_and_thin_data_is_named() -> None:
    said = text(page(numbers()))
    assert "| NO_DATA | nothing but its domain and its name is known | deliver firmographics, technographics or intent of it" in said
    assert "Fewer than half of the accounts have a value of: revenue." in said and "| revenue | 12 % | 12 |" in said
    assert "Every account has a score." in text(page(numbers(unscored=[])))


def test_what_is_not_there_is_said_in_words() -> None:
    nobody = text(page(numbers(matrix=[cell("unlikely", "not_in_crm", 9)], best=[], spots=[], parts=[], moved=[], changes=[], model=None)))
    assert "Of 9 accounts none looks like your customers." in nobody and "No account with a score is free" in nobody
    worked = text(page(numbers(matrix=[cell("likely", "customer", 9)], best=[], spots=[])))
    assert "there is no white space" in worked and "* Customers: **9**; 100 % of them score Likely or better" in worked
    late = text(page(numbers(model=MODEL | {"is_due": True, "is_rules": True, "standing": "doubtful"})))
    assert "Version 3 was measured as of 2026-06-01 and should have been again since 2026-12-01." in late
    assert "read the model report before you act" in late and "how many of the points of the rules" in late


def test_a_page_of_a_list_says_so() -> None:
    said = text(page(numbers(list="the segment mid_market", file="business_mid_market.html")))
    assert "Of the 100 accounts of the segment mid_market 12 look like" in said and "of the segment mid_market, as of 2026-06-01" in said
    assert "../business_mid_market.html" in said


def test_the_page_of_all_scores_leads_to_each() -> None:
    made = page_of_all(numbers_of_all())
    assert table(made, "short")[1:] == (("small", "4", "8", "9", "2", "7"), ("other", "4", "8", "9", "2", "7"))
    assert 'href="small/business.html">small</a>' in html(made) and 'href="small/model.html">small</a>' in html(made)
    assert table(made, "market")[2] == ("in the CRM, untouched", "3", "3", "3")
    assert table(made, "unscored") == (
        ("reason", "why", "what would mend it", "small", "other"),
        *((it, *table(page(numbers(unscored=[{"reason": it, "count": 1}])), "unscored")[1][1:3], *counts) for it, counts in
          (("NO_DATA", ("7", "0")), ("EXCLUDED", ("0", "4")), ("NO_DOMAIN", ("2", "0")))),
    )  # fmt: skip
    assert "Of 100 accounts of the universe 9 qualify for at least one of 2 products" in text(made)


def test_the_index_leads_to_the_business_reports() -> None:
    made = html(index({}, ["small/business.html", "business_mid_market.html", "small/business_a.html", "business.html"]))
    order = [
        made.index(f'href="{it}"') for it in ("business.html", "business_mid_market.html", "small/business.html", "small/business_a.html")
    ]
    assert order == sorted(order)


def test_a_page_that_is_full_of_long_texts_stays_below_five_megabytes() -> None:
    """As many rows as a page may hold, of names of 10,000 letters that need escaping, and as many parts as there are countries."""
    name, line = '<"&' * 3_333, "For: " + "uses <Kafka>; " * 60
    like = [{"rank": it, "customer_name": name, "customer_domain": "a.com"} for it in range(3)]
    best: list[dict[str, Any]] = [account(it, f"{it}.com", name, 50.0, top_factors=line, nearest=like) for it in range(MOST_BEST)]
    part = numbers()["parts"][2]
    full = {
        "best": best, "spots": [SPOTS[0] | {"industry": f"{it} {'&' * 60}"} for it in range(MOST_SPOTS)],
        "parts": [part | {"value": f"{it}"} for it in range(250)],
        "moved": [MOVED[0] | {"company_name": name} for _ in range(2 * MOST_MOVED)],
    }  # fmt: skip
    assert 500_000 < len(html(page(numbers(**full))).encode()) < MOST_BYTES
    cards = [numbers_of_all()["cards"][0] | {"company_name": name, "products_line": line} for _ in range(MOST_CARDS)]
    assert len(html(page_of_all(numbers_of_all(cards=cards))).encode()) < MOST_BYTES


def test_the_same_numbers_are_the_same_page() -> None:
    assert html(page(numbers())) == html(page(numbers()))
    assert MATRIX and BEST[0]["company_name"] == HOSTILE
