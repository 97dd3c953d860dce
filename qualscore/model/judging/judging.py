"""A trained model's report: what was measured, what to doubt, and what to do next."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import refits, single_factors, slices, suspicions
from qualscore.model.judging.suspicions import Suspicion
from qualscore.model.learning.evaluation import intervals
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.calibration import REPORTED_BANDS
from qualscore.model.scoring.qualification import QualificationModel

WITH_INTERVALS = ("roc_auc", "average_precision", "recall_at_10")


@dataclass(frozen=True)
class Judgement:
    """What is known of a model.

    Attributes:
        report: the content of metrics.json; numbers, texts, lists and maps only.
        metrics: its plain numbers by name, for the run's record and for MLflow.
        warnings: one sentence each.
    """

    report: dict[str, Any]
    metrics: dict[str, float]
    warnings: list[str]


def judge(trained: Trained, *, learning_curve: bool = False) -> Judgement:
    """Judges a model on accounts that it did not see; the same input gives the same report.

    Args:
        trained: the model and its evidence.
        learning_curve: whether to train on ever more customers too.
    """
    evidence, definition = trained.evidence, trained.model.definition
    is_example = evidence.judged["is_example"].to_numpy(bool)
    examples, unlabelled = (evidence.judged["margin"].to_numpy()[side] for side in (is_example, ~is_example))
    ends = intervals(examples, unlabelled)
    rules = single_factors.rules(evidence.judged, definition.features, evidence.technologies)
    measured = single_factors.judge(rules, is_example, np.ones(len(is_example), bool))
    today, psi = _today(trained.model, evidence, unlabelled)
    curve = refits.learning_curve(evidence, definition) if learning_curve else []
    report: dict[str, Any] = {
        "score_name": definition.name,
        "as_of_on": str(evidence.as_of),
        **trained.metrics,
        "selected": trained.counts["selected"],
        "dated": trained.counts["examples"] - trained.counts["undated"],
        "evaluation_accounts": len(unlabelled),
        "intervals": ends,
        "rules": single_factors.reported(measured),
        "beaten_by": slices.beaten_by(trained.metrics, ends, measured),
        "slices": slices.judge(evidence.judged, rules),
        "by_time": refits.by_time(evidence, definition),
        "reliability": trained.reliability,
        "bands_today": today,
        "psi": psi,
        "coverage": {name: value for name, value in trained.metrics.items() if name.startswith("coverage_")},
        "learning_curve": curve,
        "learning_curve_in_words": refits.in_words(curve) if learning_curve else None,
        "warnings": trained.warnings,
    }
    doubts = _suspicions(report, unlabelled)
    report["suspicions"] = [{"kind": it.kind, "said": it.said, "advice": it.advice} for it in doubts]
    warnings = [*trained.warnings, *(f"{definition.name}: {it.said}; {it.advice}" for it in doubts)]
    return Judgement(_plain(report), _flat(report), warnings)


def _today(model: QualificationModel, evidence: Evidence, unlabelled: Array) -> tuple[list[dict[str, float]], float | None]:
    """The share of the reference accounts in each band today, and how far their margins have drifted; None when nothing is dated."""
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
        *suspicions.drifted(report["psi"]),
        *suspicions.beaten([everywhere, *report["slices"]]),
    ]


def _flat(report: dict[str, Any]) -> dict[str, float]:
    """The plain numbers of a report, the ends of intervals, and the best rule's beside them."""
    flat = {name: float(value) for name, value in report.items() if isinstance(value, int | float) and math.isfinite(value)}
    for name in WITH_INTERVALS:
        flat[f"{name}_low"], flat[f"{name}_high"] = report["intervals"][name]
    nested = {"by_time": report["by_time"], "best_rule": next(iter(report["rules"]), {})}
    flat |= {f"{name}_{measure}": found[measure] for name, found in nested.items() for measure in WITH_INTERVALS if measure in found}
    return flat | {"suspicions": float(len(report["suspicions"]))}


def _plain(value: Any) -> Any:
    """What JSON can say: NaN is null."""
    if isinstance(value, dict):
        return {name: _plain(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(it) for it in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
