"""A temperature and a threshold from validation rows, and the bins of a reliability plot.

Knows no models: labels and probabilities in, numbers out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from local_test.metrics import BINS, Floats, bins

AIMS = ("accuracy", "f1")


@dataclass(frozen=True)
class Bin:
    """Rows whose probability lies together: how many, their mean probability, and the share
    of them that is harmful."""

    rows: int
    proba: float
    harmful: float


def reliability(labels: Sequence[int], probas: Sequence[float]) -> list[Bin]:
    """The bins of the calibration error that hold any row, lowest probability first."""
    truth, scores = np.asarray(labels, float), np.asarray(probas, float)
    place = bins(scores)
    held = [place == number for number in range(BINS)]
    return [
        Bin(int(one.sum()), float(scores[one].mean()), float(truth[one].mean()))
        for one in held
        if one.any()
    ]


def fit_temperature(
    labels: Sequence[int], probas: Sequence[float], least: float, most: float
) -> float:
    """The temperature, from `least` to `most`, whose probabilities sigmoid(logit(p) / T) have
    the least log loss on these rows (Guo et al. 2017). The loss is convex in 1 / T."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    margins = _margins(labels, probas)
    found = minimize_scalar(
        lambda inverse: np.logaddexp(0, -margins * inverse).mean(),
        bounds=(1 / most, 1 / least),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(1 / found.x)


def log_loss(labels: Sequence[int], probas: Sequence[float], temperature: float = 1.0) -> float:
    """Mean of -log of the probability that each label was given, in nats."""
    return float(np.logaddexp(0, -_margins(labels, probas) / temperature).mean())


def _margins(labels: Sequence[int], probas: Sequence[float]) -> Floats:
    """Logits of the right answers; a probability of 0 or 1 is taken as 1e-15 from it."""
    scores = np.clip(np.asarray(probas, float), 1e-15, 1 - 1e-15)
    sign = np.where(np.asarray(labels) == 1, 1.0, -1.0)
    return np.asarray(sign * (np.log(scores) - np.log1p(-scores)))


def fit_threshold(labels: Sequence[int], probas: Sequence[float], aim: str = "accuracy") -> float:
    """The threshold whose verdicts, `proba > threshold`, score best on these rows.

    It is the middle of the gap between two neighbouring probabilities (or an end, 0 or 1), so
    that neither is near it; of gaps equally good, the one nearest to 0.5. Give probabilities
    as rows print them. Raises ValueError for an unknown aim.
    """
    if aim not in AIMS:
        raise ValueError(f"{aim!r} is no aim; use {' or '.join(AIMS)}")
    values, index = np.unique(np.asarray(probas, float), return_inverse=True)
    harmful = np.bincount(index, weights=np.asarray(labels, float))  # (values,)
    benign = np.bincount(index) - harmful
    kept = np.append(0, np.cumsum(harmful)), np.append(0, np.cumsum(benign))  # at or below
    true, false = harmful.sum() - kept[0], benign.sum() - kept[1]
    scores = true - false if aim == "accuracy" else 2 * true / (true + false + harmful.sum())
    edges = np.concatenate([[0.0], values, [1.0]])
    middles = (edges[:-1] + edges[1:]) / 2
    if values[0] == 0:  # no threshold lies below it
        scores, middles = scores[1:], middles[1:]
    best = middles[np.isclose(scores, scores.max(), rtol=0, atol=1e-12)]
    return float(best[np.argmin(np.abs(best - 0.5))])
