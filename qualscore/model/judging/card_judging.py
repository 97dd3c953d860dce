"""A rule-based score's report: measured like a predictive one's where there are customers, and what each criterion finds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import judging, shuffles, single_factors, slices, suspicions
from qualscore.model.judging.judging import Judgement
from qualscore.model.judging.suspicions import Suspicion
from qualscore.model.learning import coverage
from qualscore.model.learning.criteria_rows import FEWEST_EXAMPLES, CriteriaRows
from qualscore.model.learning.evaluation import intervals, ranking
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.scorecard import points
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring import calibration
from qualscore.model.scoring.calibration import REPORTED_BANDS

QUANTILES = 1_000
NOT_LEARNED = "rules are not learned, so that no date parts what they know from what they do not"


@dataclass(frozen=True)
class CriterionFound:
    """A criterion, and how many accounts meet it. Shares are null without customers.

    Attributes:
        criterion: as people read it.
        points: as the definition has them.
        customers: share of the customers that meet it, in full or aged.
        others: the same of the other accounts.
        unknown: share of all of which it is unknown.
    """

    criterion: str
    points: float
    customers: float | None
    others: float
    unknown: float


def judge(model: ScorecardModel, rows: CriteriaRows, *, as_of: date) -> Judgement:
    """Judges rules on accounts as of their own dates, and gives the model what it knows of them: ranks, examples, lift.

    Args:
        model: the criteria.
        rows: the accounts.
        as_of: the day of the run.
    """
    is_example, margins = rows.is_example, rows.margins
    known = replace(
        model,
        quantiles=np.quantile(margins[~is_example], np.linspace(0, 1, QUANTILES + 1)),
        examples=np.sort(rows.frame["domain_hash"].to_numpy()[is_example]),
        calibration=calibration.fit(margins[is_example], margins[~is_example]) if rows.has_customers else None,
    )
    doubts: list[Suspicion] = []
    report = _head(rows, as_of)
    if rows.has_customers:
        report |= _measured(rows)
        doubts = _doubts(report)
    warnings = [f"{report['score_name']}: {it}" for it in _remarks(rows, report)]
    if model.in_pass.asks_records:  # which accounts outside the CRM cannot meet
        warnings += coverage.warnings(rows.coverage, report["score_name"])
    report |= {"warnings": warnings, "suspicions": [{"kind": it.kind, "said": it.sentence, "advice": it.advice} for it in doubts]}
    said = [*warnings, *(f"{report['score_name']}: {it.sentence}; {it.advice}" for it in doubts)]
    metrics = judging.flat(report)
    return Judgement(JudgedModel(known, dict(rows.counts), metrics, report["reliability"]), judging.plain(report), said)


def criteria_found(rows: CriteriaRows) -> list[CriterionFound]:
    """How many accounts meet each criterion."""
    is_example, shares = rows.is_example, rows.shares
    customers = (shares[is_example] > 0).mean(axis=0) if is_example.any() else np.full(shares.shape[1], np.nan)
    others, unknown = (shares[~is_example] > 0).mean(axis=0), np.isnan(shares).mean(axis=0)
    each = zip(rows.scorecard.criteria, customers, others, unknown, strict=True)
    return [CriterionFound(it.text, it.points, float(c) if c == c else None, float(o), float(u)) for it, c, o, u in each]


def said_and_observed(scores: Array, is_example: Array) -> list[dict[str, float]]:
    """By band of score: what a calibrated score would say (the mean of score / 100), and c / (c + u), the customers' share."""
    bands = []
    for low, high in REPORTED_BANDS:
        is_here = (scores >= low) & (scores < high)
        c, u = float(is_here[is_example].mean()), float(is_here[~is_example].mean())
        if c + u > 0:
            mean = (scores[is_here & is_example].sum() / is_example.sum() + scores[is_here & ~is_example].sum() / (~is_example).sum()) / (
                c + u
            )
            bands.append(
                {"from": low, "to": min(high, 100.0), "customers": c, "unlabelled": u, "said": float(mean) / 100, "observed": c / (c + u)}
            )
    return bands


def _head(rows: CriteriaRows, as_of: date) -> dict[str, Any]:
    """What a report has with customers and without."""
    counts, others = rows.counts, points.scores(rows.margins[~rows.is_example])
    shares = [
        {"from": low, "to": min(high, 100.0), "share": float(((others >= low) & (others < high)).mean())} for low, high in REPORTED_BANDS
    ]
    return {
        "score_name": rows.definition.name,
        "type": "rules",
        "as_of_on": str(as_of),
        "customers": counts["examples"],
        "unlabelled": counts["unlabelled"],
        "selected": counts["selected"],
        "dated": counts["examples"] - counts["undated"],
        "dated_by": dict(rows.undated),
        "evaluation_accounts": int((~rows.is_example).sum()),
        "evaluation_weight": rows.weight,
        "criteria": [vars(it) for it in criteria_found(rows)],
        "rules": [],
        "beaten_by": [],
        "slices": [],
        "intervals": {},
        "by_time": {"skipped": NOT_LEARNED},
        "reliability": [],
        "bands_today": shares,
        "psi": None,
        "drift_auc": None,
        "drift_factors": [],
        "permutation_null": [],
        "permutation_p": None,
        "expect": [],
        "coverage": dict(rows.coverage),
        "learning_curve": [],
        "learning_curve_in_words": None,
    }


def _measured(rows: CriteriaRows) -> dict[str, Any]:
    """Measures, intervals, one-line rules and slices, as of a predictive score."""
    is_example, margins, weight = rows.is_example, rows.margins, rows.weight
    judged = rows.frame.assign(margin=margins)
    sides = margins[is_example], margins[~is_example]
    measures, ends = ranking(*sides, weight=weight), intervals(*sides, weight=weight)
    one_line = single_factors.rules(judged, rows.definition.features, rows.technologies)
    found = single_factors.judge(one_line, is_example, np.ones(len(judged), bool), weight=weight)
    best = single_factors.with_intervals(single_factors.the_best(found), one_line, is_example, weight=weight)
    bands = said_and_observed(points.scores(margins), is_example)
    return {
        **measures,
        **rows.coverage,
        "calibration_error": calibration.calibration_error(bands),
        "reliability": bands,
        "intervals": ends,
        "rules": single_factors.reported(best),
        "beaten_by": slices.beaten_by(measures, ends, found),
        "slices": slices.judge(judged, one_line, weight=weight),
        **shuffles.measured(measures["roc_auc"], shuffles.null_of_points(margins, len(sides[0]))),
    }


def _doubts(report: Mapping[str, Any]) -> list[Suspicion]:
    everywhere = {"slice": "among all accounts", "beaten_by": report["beaten_by"]}
    auc, low = report["roc_auc"], report["intervals"]["roc_auc"][0]
    weak = suspicions.weak(report, low)
    advice = "change the criteria: refine says which weights the customers themselves ask for"
    doubts = (
        [Suspicion("weak", f"the rules tell customers badly: ROC-AUC {auc:.2f}, and it may be as low as {low:.2f}", advice)] if weak else []
    )
    return [*doubts, *suspicions.beaten([everywhere, *report["slices"]])]


def _remarks(rows: CriteriaRows, report: Mapping[str, Any]) -> list[str]:
    """What a person should know of criteria and customers."""
    remarks, customers = [], report["customers"]
    if not rows.has_customers:
        missing = f"only {customers} customers; {FEWEST_EXAMPLES} are needed" if customers else "no customers: select them with `examples`"
        remarks.append(f"nothing is measured, and there is no lift ({missing})")
    nobody = [it["criterion"] for it in report["criteria"] if not it["others"] and not it["customers"]]
    if nobody:
        remarks.append(f"no account meets {'; '.join(nobody)}: look at the spelling of its values")
    of_crm = [it.text for it in rows.scorecard.criteria if it.kind == "crm_accounts"]
    if of_crm and customers:
        remarks.append(
            f"CRM accounts are known as they are today, so that {'; '.join(of_crm)} may be a result of the sale, and look better than it is"
        )
    return remarks
