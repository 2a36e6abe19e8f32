"""Measures of a ranking and of a decision, each with its bootstrap interval; knows no models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Score:
    """A measure's value, and the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def auroc(labels: Sequence[int], probas: Sequence[float]) -> float:
    """Chance that a harmful row ranks above a benign one; NaN where one class is absent."""
    if len(set(labels)) < 2:
        return float("nan")
    return float(roc_auc_score(np.asarray(labels), np.asarray(probas)))


def accuracy(labels: Sequence[int], probas: Sequence[float], threshold: float = 0.5) -> float:
    """Share of rows whose label equals `proba > threshold`."""
    return float(np.mean((np.asarray(probas) > threshold) == np.asarray(labels, dtype=bool)))


def bootstrap(
    measure: Callable[[Sequence[int], Sequence[float]], float],
    labels: Sequence[int],
    probas: Sequence[float],
    draws: int = 200,
    seed: int = 0,
) -> Score:
    """`measure` with the percentile interval of `draws` resamples of the rows."""
    rng = np.random.default_rng(seed)
    truth, scores = np.asarray(labels), np.asarray(probas)
    picks = (rng.integers(0, len(truth), len(truth)) for _ in range(draws))
    values = [measure(truth[pick].tolist(), scores[pick].tolist()) for pick in picks]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Score(measure(labels, probas), float(low), float(high))
