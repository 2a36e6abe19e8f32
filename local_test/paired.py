"""Whether two runs over the same rows differ by more than chance.

Knows no models. AUROC is compared by DeLong's test, accuracy by McNemar's exact test.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_test.metrics import Floats

Z = 1.959963984540054  # of a two-sided 95 % interval of the normal distribution


@dataclass(frozen=True)
class Difference:
    """A measure of both runs; b - a with its 95 % interval; two-sided p of no difference."""

    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float


def auroc_difference(labels: Sequence[int], a: Sequence[float], b: Sequence[float]) -> Difference:
    """By DeLong, DeLong and Clarke-Pearson (1988), ties by midranks (Sun and Xu 2014).

    Raises ValueError unless both classes are there, each with two rows or more.
    """
    truth = np.asarray(labels, bool)
    if not 2 <= truth.sum() <= len(truth) - 2:
        raise ValueError("DeLong's test needs two harmful and two benign rows or more")
    parts = [_placements(truth, np.asarray(scores, float)) for scores in (a, b)]
    (harmful_a, benign_a), (harmful_b, benign_b) = parts
    variance = _mean_variance(harmful_b - harmful_a) + _mean_variance(benign_b - benign_a)
    return _difference(float(harmful_a.mean()), float(harmful_b.mean()), math.sqrt(variance))


def _placements(truth: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Of each harmful row, the share of benign rows below it, a tie counting half; of each
    benign row, the share of harmful rows above it. The mean of either is the AUROC."""
    from scipy.stats import rankdata  # noqa: PLC0415

    ranks = rankdata(scores)
    harmful, benign = scores[truth], scores[~truth]
    below = (ranks[truth] - rankdata(harmful)) / len(benign)
    above = 1 - (ranks[~truth] - rankdata(benign)) / len(harmful)
    return np.asarray(below), np.asarray(above)


def _mean_variance(values: Floats) -> float:
    return float(values.var(ddof=1)) / len(values)


def accuracy_difference(right_a: Sequence[bool], right_b: Sequence[bool]) -> Difference:
    """p by McNemar's exact test: of the rows that one run alone got right, each run has half by
    chance. The interval is the normal one of a mean of paired differences.

    right_a, right_b: whether each run's verdict on each row is right.
    """
    from scipy.stats import binomtest  # noqa: PLC0415

    first, second = np.asarray(right_a, float), np.asarray(right_b, float)
    only_a, only_b = int((first > second).sum()), int((second > first).sum())
    error = math.sqrt((second - first).var() / len(first))
    chance = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    found = _difference(float(first.mean()), float(second.mean()), error)
    return Difference(found.a, found.b, found.difference, found.low, found.high, float(chance))


def _difference(a: float, b: float, error: float) -> Difference:
    """With p of a normal test; where nothing varies, p is 1 for no difference, else 0."""
    change = b - a
    if error == 0:
        return Difference(a, b, change, change, change, float(change == 0))
    p = math.erfc(abs(change) / error / math.sqrt(2))
    return Difference(a, b, change, change - Z * error, change + Z * error, p)
