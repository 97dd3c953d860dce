"""A trained model's report: what was measured, what to doubt, and what to do next."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualscore.definitions.definition import Features
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import drift, expectations, learning_curves, refits, shuffles, single_factors, slices, suspicions
from qualscore.model.judging.shuffles import NO_NULL, Null
from qualscore.model.judging.suspicions import Suspicion
from qualscore.model.learning.evaluation import intervals, least_auc, ranking
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.fitting import CALIBRATION_FOLDS, CALIBRATION_WAYS
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.calibration import REPORTED_BANDS, calibration_error, expected_error, reliability
from qualscore.model.scoring.qualification import QualificationModel

WITH_INTERVALS = ("roc_auc", "average_precision", "recall_at_10")


@dataclass(frozen=True)
class Judgement:
    """What is known of a model.

    Attributes:
        judged: what the registry keeps: the model, and the plain numbers of the report by name.
        report: the content of metrics.json; numbers, texts, lists and maps only.
        warnings: one sentence each.
    """

    judged: JudgedModel
    report: dict[str, Any]
    warnings: list[str]


def judge(trained: Trained, *, null: Null = NO_NULL, learning_curve: bool = False) -> Judgement:
    """Judges a model on accounts that it did not see; the same input gives the same report.

    Args:
        trained: the model and its evidence.
        null: what chance reaches with about as many customers.
        learning_curve: whether the curve is of whole trainings; else of ones in small.

    Raises:
        TrainingRefused: the examples cannot be told from other accounts.
    """
    evidence, definition = trained.evidence, trained.model.definition
    measures = ranking(*evidence.margins, weight=evidence.weight)
    refuse_no_signal(measures["roc_auc"], trained.counts["examples"], definition.name, null=null)
    bands = _reliability(evidence)
    errors = {"calibration_error": calibration_error(bands), "calibration_error_expected": expected_error(bands, len(evidence.margins[0]))}
    counted = {"customers": trained.counts["examples"], "unlabelled": trained.counts["unlabelled"]}
    measured = {**measures, **errors, **evidence.coverage, **counted}
    today, psi = _today(trained.model, evidence)
    of_curve = (evidence, trained.model.inputs, definition)
    curve = refits.learning_curve(evidence, definition) if learning_curve else learning_curves.learning_curve(*of_curve)
    report: dict[str, Any] = {
        "score_name": definition.name,
        "as_of_on": str(evidence.as_of),
        **measured,
        "selected": trained.counts["selected"],
        "dated": trained.counts["examples"] - trained.counts["undated"],
        "dated_by": dict(evidence.undated),
        "evaluation_accounts": len(evidence.margins[1]),
        "evaluation_weight": evidence.weight,
        **_against_rules(evidence, definition.features, measures),
        "by_time": refits.by_time(evidence, definition),
        "reliability": bands,
        "expect": expectations.judge(trained.model, evidence.expected, definition.expect),
        "bands_today": today,
        "psi": psi,
        **drift.of_training(evidence, trained.model.inputs, definition),
        **shuffles.measured(measures["roc_auc"], null),
        "coverage": dict(evidence.coverage),
        "learning_curve": curve,
        "learning_curve_in_words": learning_curves.in_words(curve),
        "warnings": trained.warnings,
    }
    return _judgement(trained, report)


def refuse_no_signal(auc: float, n_examples: int, name: str, *, null: Null = NO_NULL) -> None:
    """Stops where nothing was learnt.

    Raises:
        TrainingRefused: ROC-AUC on accounts that the model did not see is what customers drawn at random reach: it is below the bound
            that their number sets, or more than one in twenty random lists of this universe does as well.
    """
    least, p = least_auc(n_examples), shuffles.p_value(auc, null.aucs) if null.aucs else 0.0
    reasons = [f"at least {least:.3f} is needed"] if auc < least else []
    if p > shuffles.LARGEST_P:
        reached = sum(it >= auc for it in null.aucs)
        lists = f"of {len(null.aucs)} lists of {null.customers} accounts drawn at random {reached}"
        reasons.append(f"{lists} reach as much (p = {p:.2f}, at most {shuffles.LARGEST_P} is allowed)")
    if reasons:
        raise TrainingRefused(
            f"{name}: no signal. The {n_examples} examples cannot be told from other accounts: "
            f"ROC-AUC {auc:.3f} on accounts that the model did not see, {'; '.join(reasons)}. "
            "Nothing was registered. Other examples, or data that says more about accounts, may help."
        )


def _reliability(evidence: Evidence) -> list[dict[str, float]]:
    judged = evidence.judged.sort_values("domain_hash")  # sums depend on the order
    is_example, margins = judged["is_example"].to_numpy(bool), judged["margin"].to_numpy()
    digits = CALIBRATION_FOLDS ** np.arange(CALIBRATION_WAYS)
    folds = judged["calibration_ways"].to_numpy()[:, None] // digits % CALIBRATION_FOLDS
    return reliability(margins[is_example], margins[~is_example], example_folds=folds[is_example], unlabelled_folds=folds[~is_example])


def _against_rules(evidence: Evidence, features: Features, measures: Mapping[str, float]) -> dict[str, Any]:
    """The model's intervals, and what single factors find in place of it: among all accounts, and in slices."""
    is_example, weight = evidence.judged["is_example"].to_numpy(bool), evidence.weight
    ends = intervals(*evidence.margins, weight=weight)
    rules = single_factors.rules(evidence.judged, features, evidence.technologies)
    measured = single_factors.judge(rules, is_example, np.ones(len(is_example), bool), weight=weight)
    best = single_factors.with_intervals(single_factors.the_best(measured), rules, is_example, weight=weight)
    return {
        "intervals": ends,
        "rules": single_factors.reported(best),
        "beaten_by": slices.beaten_by(measures, ends, measured),
        "slices": slices.judge(evidence.judged, rules, weight=weight),
    }


def _judgement(trained: Trained, report: dict[str, Any]) -> Judgement:
    doubts = _suspicions(report, trained.evidence.margins[1])
    report["suspicions"] = [{"kind": it.kind, "said": it.sentence, "advice": it.advice} for it in doubts]
    warnings = [*trained.warnings, *(f"{report['score_name']}: {it.sentence}; {it.advice}" for it in doubts)]
    return Judgement(JudgedModel(trained.model, trained.counts, flat(report), report["reliability"]), plain(report), warnings)


def _today(model: QualificationModel, evidence: Evidence) -> tuple[list[dict[str, float]], float | None]:
    """The share of the reference accounts in each band today, and how far their margins have drifted; None when nothing is dated."""
    _, unlabelled = evidence.margins
    now, psi = unlabelled, None
    if evidence.today is not None:
        now = model.margins(model.vectors(evidence.today)).toPandas()["margin"].to_numpy()
        psi = suspicions.population_stability(unlabelled, now)
    assert model.calibration is not None
    scores = model.calibration.score(now)
    shares = [
        {"from": low, "to": min(high, 100.0), "share": float(((scores >= low) & (scores < high)).mean())} for low, high in REPORTED_BANDS
    ]
    return shares, psi


def _suspicions(report: dict[str, Any], unlabelled: Array) -> list[Suspicion]:
    everywhere = {"slice": "among all accounts", "beaten_by": report["beaten_by"]}
    return [
        *suspicions.weak(report, report["intervals"]["roc_auc"][0]),
        *suspicions.too_good(report["rules"]),
        *suspicions.clumped(unlabelled),
        *suspicions.miscalibrated(report["calibration_error"]),
        *suspicions.by_chance(report["permutation_p"], len(report["permutation_null"])),
        *suspicions.drifted(report["psi"]),
        *suspicions.told_from_today(report["drift_auc"], report["drift_factors"]),
        *suspicions.beaten([everywhere, *report["slices"]]),
    ]


def flat(report: dict[str, Any]) -> dict[str, float]:
    """The plain numbers of a report, the ends of intervals, and the best rule's beside them."""
    numbers = {name: float(value) for name, value in report.items() if isinstance(value, int | float) and math.isfinite(value)}
    for name in WITH_INTERVALS:
        if name in report["intervals"]:
            numbers[f"{name}_low"], numbers[f"{name}_high"] = report["intervals"][name]
    nested = {"by_time": report["by_time"], "best_rule": next(iter(report["rules"]), {})}
    numbers |= {f"{name}_{measure}": found[measure] for name, found in nested.items() for measure in WITH_INTERVALS if measure in found}
    return numbers | {"suspicions": float(len(report["suspicions"]))}


def plain(value: Any) -> Any:
    """What JSON can say: NaN is null."""
    if isinstance(value, dict):
        return {name: plain(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [plain(it) for it in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
