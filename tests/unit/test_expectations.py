"""Expectations: how they are written, when they are met, and what is said of them."""

import re
from typing import Any

import pandas as pd
import pytest

from qualscore.config import validate
from qualscore.definitions.expectation import Expectation, withheld
from qualscore.errors import ConfigurationError
from qualscore.model.judging import expectations


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ({"account_list": "best", "at_least": 75, "share": 0.6}, "list best: at least 75 for 60%"),
        ({"account_list": "not_a_fit", "at_most": 50}, "list not_a_fit: at most 50 for 100%"),
        ({"domain": "acme.com", "band": "highly_likely", "must": True}, "acme.com: band Highly Likely"),
        ({"account_list": "control"}, "list control: shown only"),
        ({"domain": "acme.com"}, "acme.com: shown only"),
    ],
)
def test_what_is_expected_in_words(written: dict[str, Any], text: str) -> None:
    assert Expectation.model_validate(written).text == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"at_least": 75}, "give exactly one of account_list, domain"),
        ({"account_list": "a", "domain": "a.com"}, "give exactly one of account_list, domain"),
        ({"account_list": "a", "at_least": 75, "band": "likely"}, "give one of at_least, at_most, band; found at_least and band"),
        ({"domain": "a.com", "at_least": 75, "share": 0.5}, "share is of a list"),
        ({"account_list": "a", "must": True}, "share and must need a condition"),
        ({"account_list": "a", "at_least": 101}, "at_least: "),
        ({"account_list": "a", "band": "Likely"}, "band: "),
        ({"account_list": "a", "at_leest": 3}, "at_leest: unknown; did you mean 'at_least'"),
    ],
)
def test_a_mistake_is_named(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        validate(Expectation, written, where="scores/a.yml: expect.0")


def expect(**written: object) -> Expectation:
    return Expectation.model_validate(written)


def test_thresholds_withhold_nobody_else() -> None:
    before, after = (expect(account_list="best", at_least=least) for least in (75, 80))
    assert withheld([before, expect(domain="a.com")]) == withheld([expect(domain="a.com"), after, after]) == ["a.com", "list best"]


SCORES = pd.DataFrame(
    {
        "domain": ["a.com", "b.com", "c.com", "d.com"],
        "company_name": ["A", "B", None, "D"],
        "score": [96.0, 80.5, 74.99, 12.0],
        "band": ["highly_likely", "likely", "likely", "unlikely"],
        "is_example": [False, True, False, False],
        "top_factors": ["", "", "", "employees: 3 (-)"],
        "expected_in": [[0, 1], [0], [0, 2], [3, 4]],
    }
)


def test_what_became_of_each() -> None:
    found = expectations.of_scores(
        SCORES,
        [
            expect(account_list="best", at_least=75, share=0.6), expect(account_list="rest", at_most=90), expect(account_list="control"),
            expect(domain="d.com", band="likely", must=True), expect(account_list="small", at_most=12),
            expect(account_list="empty", at_least=1),
        ],
    )  # fmt: skip
    assert [it["passed"] for it in found] == [True, False, None, False, True, False]
    best = found[0]
    assert (best["scored"], best["met"], best["share"], best["learned_from"]) == (3, 2, pytest.approx(2 / 3), 1)
    assert best["mean_score"] == pytest.approx(83.83) and best["bands"] == {"likely": 2, "highly_likely": 1}
    assert [(it["domain"], it["company_name"]) for it in best["misses"]] == [("c.com", None)]
    assert [expectations.sentence(it) for it in found] == [
        "list best: at least 75 for 60% is expected, 2 of 3 are (mean score 84; the model learned from 1 of them)",
        "list rest: at most 90 for 100% is expected, 0 of 1 are (mean score 96)",
        "list control: 1 accounts, mean score 75",
        "d.com: band Likely is expected, its score is 12.00",
        "list small: at most 12 for 100% is expected, 1 of 1 are (mean score 12)",
        "list empty: at least 1 for 100% is expected, and none of its accounts has a score",
    ]
    assert [it[:8] for it in expectations.missed(found, must=False)] == ["list res", "list emp"]
    assert expectations.missed(found, must=True) == ["d.com: band Likely is expected, its score is 12.00"]


def test_the_worst_misses_come_first() -> None:
    scores = pd.DataFrame({"domain": [f"{i}.com" for i in range(9)], "score": [10.0 * i for i in range(9)], "expected_in": [[0, 1]] * 9})
    scores = scores.assign(company_name="", band="likely", is_example=False, top_factors="")
    low, high = expectations.of_scores(scores, [expect(account_list="a", at_least=70), expect(account_list="a", at_most=10)])
    assert [it["score"] for it in low["misses"]] == [0, 10, 20, 30, 40] and [it["score"] for it in high["misses"]] == [80, 70, 60, 50, 40]
