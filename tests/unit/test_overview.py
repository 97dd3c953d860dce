"""What the main job prints at its end: the whole page, with hostile names."""

from typing import Any

from qualscore.reports.house.terminal import shown
from qualscore.reports.overview import overview_page
from tests import small_report
from tests.small_account import HOSTILE

BEST = [
    {"domain": "acme.com", "company_name": HOSTILE, "score": 99.239, "top_factors": "For: 7 employees; uses Kafka. Against: state CO"},
    {"domain": "b.io", "company_name": None, "score": 98.0, "top_factors": "Against: Retail industry"},
]
SOURCE = {"source": "firmographics:f.csv", "rows_read": 20_037, "clean": 20_012, "superseded": 5, "rejected": 20}
HIDDEN = {"roc_auc": 0.872, "truth_roc_auc": 0.884, "recall_at_10": 0.64, "truth_recall_at_10": 0.68}
SCORED = {
    "score_name": "small", "bands": {"highly_likely": 137, "unlikely": 15_257}, "unscored": {"NO_DATA": 8, "EXCLUDED": 67},
    "customers": 168, "hidden": {}, "best": BEST, "report": small_report.report(),
}  # fmt: skip
MARKET = [
    {"score_name": "small", "crm_state": "not_in_crm", "accounts": 14_717, "highly_likely": 93},
    {"score_name": "small", "crm_state": "untouched", "accounts": 4_949, "highly_likely": 0},
    {"score_name": "small", "crm_state": "customer", "accounts": 361, "highly_likely": 44},
]
PAGE = f"""\
20,027 accounts in /data/q
what came in, what came out, and what to do next

Sources
source               refused because          rows read   clean  superseded  refused
firmographics:f.csv  NO_DOMAIN 15, BAD_URL 5     20,037  20,012           5       20
How full each column is, and what was not understood: ./spark-submit.sh pipeline --verbose --restart

Market
                   share  accounts  Highly Likely for small
customers          1.8 %       361                       44
with an open deal    0 %         0                        0
else in the CRM     25 %     4,949                        0
not in the CRM      73 %    14,717                       93

Scores
score  model          ROC-AUC (95 %)  customers  found in the best 10 %  Highly Likely  Likely  Unlikely  no score
small  ready  0.883 (0.864 to 0.898)        168                    62 %            137       0    15,257        75
small: customers of the sample that the model was not shown: ROC-AUC 0.872 (the truth itself: 0.884), 64% of them in the best 10 % (68%).
No score: EXCLUDED 67, NO_DATA 8. scores/unscored_accounts lists them.

Best accounts of small that are no customers
account                                                                   speaks for it            points
<script>alert('x')</script> [2J Inc [bold]😀{"x" * 16}… (acme.com)  7 employees; uses Kafka   99.24
b.io                                                                      –                         98.00

What to doubt
•  small: few days are known.

What to do next
All about an account, by its domain or its name:
./spark-submit.sh account acme.com --config own.yml
The market, whom to call and why, for sales and marketing:
/data/q/reports/business.html
Whether to believe the scores, and what the models look at:
/data/q/reports/index.html
The best accounts, in Spark SQL:
SELECT * FROM delta.`/data/q/scores/top_accounts` ORDER BY score_name, rank
The same in Python, without Spark:
deltalake.DeltaTable('/data/q/scores/top_accounts').to_pandas()
What all columns mean:
schemas/README.md"""


def page(*scores: dict[str, Any], **changes: Any) -> str:
    overview = {
        "warehouse": "/data/q", "accounts": 20_027, "market": MARKET, "sources": [SOURCE | {"reasons": {"BAD_URL": 5, "NO_DOMAIN": 15}}],
        "scores": scores, "options": " --config own.yml", "is_verbose": False,
    }  # fmt: skip
    return shown(overview_page(overview | changes), columns=None).replace("\u00a0", " ")


def test_the_whole_page() -> None:
    assert page(SCORED | {"hidden": HIDDEN}) == PAGE


def test_details_are_asked_for() -> None:
    line = next(it for it in page(SCORED, is_verbose=True).splitlines() if "uses Kafka" in it)
    assert line.split()[-7:] == ["7", "employees;", "uses", "Kafka", "state", "CO", "99.24"]


def test_scores_without_a_report_and_with_other_reasons() -> None:
    rules = SCORED | {"score_name": "rules", "report": None, "unscored": {}, "best": []}
    text = page(SCORED, rules, sources=[], market=[])
    assert "No score: small: EXCLUDED 67, NO_DATA 8; rules: nobody." in text and not {"Sources", "Market"} & set(text.splitlines())
    (line,) = (it for it in text.splitlines() if it.startswith("rules"))
    assert line.split() == ["rules", "–", "–", "168", "–", "137", "0", "15,257", "0"]


def test_doubts_are_cut_and_the_others_counted() -> None:
    said = ["x" * 300, "b", "c", "d", "e"]
    suspicions = [{"kind": "size", "said": f"{it} is strange", "advice": "look"} for it in said]
    text = page(SCORED | {"report": small_report.report(suspicions=suspicions)})
    doubts = text[text.index("What to doubt") : text.index("What to do next")].replace("\n   ", " ").splitlines()[1:-1]
    assert [it[:12] for it in doubts] == ["•  small: Xx", "•  small: B ", "•  small: C ", "•  small: D ", "•  small: 2 "]
    assert doubts[0].endswith("…") and doubts[-1] == "•  small: 2 more are in its report"
    assert "Nothing that was looked for was found." in page(SCORED | {"report": small_report.report(warnings=[])})
