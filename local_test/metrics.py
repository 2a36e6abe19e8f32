"""Measures of a ranking and of its verdicts, for many weightings of the same rows at once.

Knows no models and needs numpy alone. A weighting says how often each row counts: once each for
the value itself, as often as it was drawn for a bootstrap resample (bootstrap.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_test.groups import Groups, numbered

MEASURES = ("auroc", "average_precision", "accuracy", "f1", "ece", "false_positive_rate")
BINS = 15  # of the calibration error, equally wide
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scored:
    """Rows with their answers, highest probability first. Made by `scored`.

    labels, probas, verdicts: (rows,); verdicts are 1 where the row was called harmful.
    starts: (ties,) where each run of equal probabilities begins. groups: (rows,) the number of
    each row's group, as of `numbered`.
    """

    labels: Floats
    probas: Floats
    verdicts: Floats
    starts: NDArray[np.intp]
    groups: Groups

    def __len__(self) -> int:
        return len(self.labels)


def scored(
    labels: Sequence[int],
    probas: Sequence[float],
    verdicts: Sequence[int] | None = None,
    threshold: float = 0.5,
    groups: Sequence[str] = (),
) -> Scored:
    """`Scored` from columns; without `verdicts`, a row above `threshold` is called harmful.

    groups: of each row the name, as `numbered` takes it; left out, each row is its own group.
    """
    truth, scores = np.asarray(labels, float), np.asarray(probas, float)
    called = scores > threshold if verdicts is None else np.asarray(verdicts, float)
    names = groups or [""] * len(truth)
    if not (len(truth) and len(truth) == len(scores) == len(called) == len(names)):
        found = f"{len(truth)} labels, {len(scores)} probas, {len(called)} verdicts"
        raise ValueError(f"{found}, {len(names)} groups")
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.inf))
    kin = numbered([names[row] for row in order])
    return Scored(truth[order], scores[order], called[order].astype(float), starts, kin)


def auroc(labels: Sequence[int], probas: Sequence[float]) -> float:
    """The AUROC alone; NaN where one class is absent."""
    return float(measure(scored(labels, probas))["auroc"][0])


def measure(rows: Scored, weights: Floats | None = None) -> dict[str, Floats]:
    """Each of `MEASURES` under each weighting; NaN where it is undefined.

    weights: (draws, rows), in the order of `rows`; each row once when left out.
    Returns arrays of shape (draws,).
    """
    weights = np.ones((1, len(rows))) if weights is None else weights
    with np.errstate(invalid="ignore", divide="ignore"):
        values = [*_ranking(rows, weights), *_verdicts(rows, weights), _ece(rows, weights)]
        names = ("auroc", "average_precision", "accuracy", "f1", "false_positive_rate", "ece")
    found = dict(zip(names, values, strict=True))
    return {name: found[name] for name in MEASURES}


def _ranking(rows: Scored, weights: Floats) -> tuple[Floats, Floats]:
    """AUROC: the chance that a harmful row ranks above a benign one, a tie counting half.

    Average precision: the mean, over harmful rows, of the precision at their rank (equal
    probabilities share a rank), as in scikit-learn. Both need both classes.
    """
    harmful = np.add.reduceat(weights * rows.labels, rows.starts, axis=1)  # (draws, ties)
    benign = np.add.reduceat(weights, rows.starts, axis=1) - harmful
    above = np.cumsum(harmful, axis=1)
    positives, negatives = above[:, -1], benign.sum(axis=1)
    area = (benign * (above - harmful / 2)).sum(axis=1) / (positives * negatives)
    called = np.maximum(above + np.cumsum(benign, axis=1), 1)  # 0 only where nothing is above
    precision = (harmful * above / called).sum(axis=1) / positives
    return area, np.where(negatives > 0, precision, np.nan)


def _verdicts(rows: Scored, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Accuracy, F1 of the harmful class where it is there, share of benign called harmful."""
    labels, called = rows.labels, rows.verdicts
    kinds = (labels * called, (1 - labels) * called, labels * (1 - called))
    true, false, missed = (weights @ np.stack(kinds, axis=1)).T  # (draws,) each
    total, benign = weights.sum(axis=1), weights @ (1 - labels)
    f1 = np.where(true + missed > 0, 2 * true / (2 * true + false + missed), np.nan)
    return 1 - (false + missed) / total, f1, false / benign


def _ece(rows: Scored, weights: Floats) -> Floats:
    """Expected calibration error: how far apart, in each of 15 equally wide bins of the
    probability of harm, the mean probability and the share of harmful rows are, weighted by
    the bin's rows (Naeini et al. 2015; 15 equally wide bins as in Guo et al. 2017)."""
    gaps = np.eye(BINS)[bins(rows.probas)] * (rows.probas - rows.labels)[:, None]
    return np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1))


def bins(probas: Floats) -> NDArray[np.intp]:
    """The bin, from 0, of each probability; a bound belongs to the bin below it."""
    return np.clip(np.ceil(probas * BINS) - 1, 0, BINS - 1).astype(np.intp)
