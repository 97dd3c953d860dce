"""How well out-of-fold margins find the examples."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from qualscore.model.native_trees import Array

REFUSAL_FACTOR = 0.84  # 55 shuffled customer lists were all refused with it, 27 real ones none


def ranking(examples: Array, unlabelled: Array) -> dict[str, float]:
    """ROC-AUC, average precision and the share of examples in the top 1, 5 and 10 % of all."""
    margins = np.concatenate([examples, unlabelled])
    labels = np.repeat([1, 0], [len(examples), len(unlabelled)])
    # Of equal margins the unlabelled ones count first: ties are never to the model's credit.
    found = labels[np.lexsort((labels, -margins))].cumsum() / len(examples)
    recalls = {f"recall_at_{percent}": float(found[max(1, round(len(margins) * percent / 100)) - 1]) for percent in (1, 5, 10)}
    return {
        "roc_auc": float(roc_auc_score(labels, margins)),
        "average_precision": float(average_precision_score(labels, margins)),
        **recalls,
    }


def least_auc(n_examples: int) -> float:
    """The ROC-AUC below which examples cannot be told from random accounts."""
    return 0.5 + REFUSAL_FACTOR / float(np.sqrt(n_examples))
