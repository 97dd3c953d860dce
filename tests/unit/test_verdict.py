"""What a person reads after training."""

from typing import Any

from qualscore.model.judging import verdict
from qualscore.model.judging.learning_curves import in_words
from qualscore.model.judging.refits import sizes


def report(**changes: Any) -> dict[str, Any]:
    made = {
        "score_name": "small", "selected": 130, "customers": 120, "dated": 100, "unlabelled": 5_000, "roc_auc": 0.812, "lift_at_10": 6.0,
        "recall_at_1": 0.2, "recall_at_5": 0.4, "recall_at_10": 0.6, "intervals": {"roc_auc": [0.774, 0.851]},
        "rules": [{"rule": "employees, most first", "roc_auc": 0.7, "recall_at_10": 0.3, "intervals": {"roc_auc": [0.66, 0.74]}}],
        "permutation_p": 1 / 61, "permutation_null": [0.45] * 59 + [0.574], "drift_auc": 0.553,
        "by_time": {"skipped": "only 3 of 120 customers have a date"}, "calibration_error": 0.031,
        "reliability": [{"from": 25, "to": 50, "said": 0.37, "observed": 0.41}, {"from": 95, "to": 100, "said": 0.96, "observed": 0.9}],
        "slices": [], "learning_curve": [], "learning_curve_in_words": None, "warnings": [], "suspicions": [],
    }  # fmt: skip
    return made | changes


def slice_of(name: str, auc: float) -> dict[str, Any]:
    return {"slice": name, "customers": 30, "roc_auc": auc, "roc_auc_low": auc - 0.1, "roc_auc_high": auc + 0.1, "recall_at_10": 0.5}


def test_the_whole_text() -> None:
    assert verdict.lines(report()) == [
        "small: judged on accounts that the models did not see",
        "  selected             130 accounts, 120 of them customers to learn from (100 dated), against 5,000 unlabelled",
        "  found                ROC-AUC 0.812 (0.774 to 0.851); of the customers 20% in the top 1 %, 40% in 5 %, 60% in 10 % (lift 6.0)",
        "  best one-line rule   employees, most first: ROC-AUC 0.700 (0.660 to 0.740), 30% in the top 10 %",
        "  by chance            60 random lists reach 0.574 at most (p = 0.016); today's accounts are told from those of the customers' "
        "dates with ROC-AUC 0.55",
        "  by time              not judged: only 3 of 120 customers have a date",
        "  said / observed      25 to 50: 37% / 41%, 95 to 100: 96% / 90% (calibration error 0.031)",
        "  what to doubt        nothing that was looked for was found",
        "  what to do next      look at the best accounts and their factors with somebody who sells",
    ]


def test_the_weakest_slices_come_first_and_doubts_come_with_what_to_do() -> None:
    doubt = {"kind": "drift", "said": "today differs", "advice": "deliver snapshots"}
    lines = verdict.lines(
        report(
            slices=[slice_of("country DE", 0.9), slice_of("listed", 0.7), slice_of("in the CRM", 0.8)],
            warnings=["small: NO DATES"],
            suspicions=[doubt, doubt],
            customers=80,
            dated=0,
            learning_curve=[{}],
            learning_curve_in_words="more customers would help",
        )
    )
    assert [line.strip() for line in lines[7:]] == [
        "slices, the weakest  in the CRM: ROC-AUC 0.800 (0.700 to 0.900), 50% in the top 10 %, 30 customers",
        "listed: ROC-AUC 0.700 (0.600 to 0.800), 50% in the top 10 %, 30 customers",
        "country DE: ROC-AUC 0.900 (0.800 to 1.000), 50% in the top 10 %, 30 customers",
        "more customers?      more customers would help",
        "what to doubt        small: NO DATES",
        "today differs",
        "today differs",
        "what to do next      add 20 customers: 100 or more are recommended",
        "deliver snapshots",
        "give customers a date (event_on of their list, or select them by opportunities): they are then described as before the sale",
    ]


def test_however_much_there_is_to_say_it_stays_short() -> None:
    doubts = [{"kind": "x", "said": f"doubt {i}", "advice": f"advice {i}"} for i in range(30)]
    lines = verdict.lines(report(slices=[slice_of(str(i), i / 30) for i in range(30)], suspicions=doubts))
    assert len(lines) <= 25 and sum("25 more in metrics.json" in line for line in lines) == 2  # doubts, steps


def test_a_learning_curve_in_words() -> None:
    points = [{"learned_from": n, "roc_auc": auc} for n, auc in ((50, 0.70), (100, 0.78), (400, 0.788))]
    assert in_words(points[:2]).endswith("rose from 0.700 to 0.780: more customers would help")
    assert in_words(points).endswith("rose from 0.780 to 0.788: more customers of this kind would help little")  # .004 a doubling
    assert in_words(points[:1]) == "too few customers to say whether more would help"
    assert "went from 0.780 to 0.700" in in_words([points[1], points[0] | {"learned_from": 200}])
    assert [sizes(n) for n in (50, 64, 65, 800)] == [[50], [64], [50, 65], [50, 100, 200, 400, 800]]
