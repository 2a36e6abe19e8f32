"""Whether two runs over the same rows differ by more than chance.

Knows no models. AUROC is compared by DeLong's test, accuracy by McNemar's exact test; where rows
share groups (groups.py), by the forms of both that take a group for one draw. With few groups the
normal ones of these (AUROC's p, both intervals) are too sure.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from local_test.groups import Groups, count, numbered
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


def auroc_difference(
    labels: Sequence[int], a: Sequence[float], b: Sequence[float], groups: Sequence[str] = ()
) -> Difference:
    """By DeLong, DeLong and Clarke-Pearson (1988), ties by midranks (Sun and Xu 2014); of rows in
    groups by Obuchowski (1997), which is DeLong's where every row is its own group.

    groups: of each row the name, as `groups.numbered` takes it. Raises ValueError unless both
    classes are there, each with rows of two groups or more.
    """
    truth, kin = np.asarray(labels, bool), numbered(groups or [""] * len(labels))
    if min(count(kin[truth]), count(kin[~truth])) < 2:
        raise ValueError("DeLong's test needs two harmful and two benign rows (or groups) or more")
    parts = [_placements(truth, np.asarray(scores, float)) for scores in (a, b)]
    (harmful_a, benign_a), (harmful_b, benign_b) = parts
    above = _shares(harmful_b - harmful_a, kin[truth], count(kin))
    below = _shares(benign_b - benign_a, kin[~truth], count(kin))
    variance = _spread(above, above, count(kin[truth]))
    variance += _spread(below, below, count(kin[~truth])) + 2 * _spread(above, below, count(kin))
    error = math.sqrt(max(variance, 0.0))  # less than 0 by rounding alone
    return _difference(float(harmful_a.mean()), float(harmful_b.mean()), error)


def _placements(truth: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Of each harmful row, the share of benign rows below it, a tie counting half; of each
    benign row, the share of harmful rows above it. The mean of either is the AUROC."""
    from scipy.stats import rankdata  # noqa: PLC0415

    ranks = rankdata(scores)
    harmful, benign = scores[truth], scores[~truth]
    below = (ranks[truth] - rankdata(harmful)) / len(benign)
    above = 1 - (ranks[~truth] - rankdata(benign)) / len(harmful)
    return np.asarray(below), np.asarray(above)


def _shares(values: Floats, groups: Groups, total: int) -> Floats:
    """What the rows of each group add to the mean of `values`, less that mean.  # (total,)"""
    return np.asarray(np.bincount(groups, (values - values.mean()) / len(values), total), float)


def _spread(one: Floats, other: Floats, groups: int) -> float:
    return float(one @ other) * groups / (groups - 1)


def accuracy_difference(
    right_a: Sequence[bool], right_b: Sequence[bool], groups: Sequence[str] = ()
) -> Difference:
    """p by McNemar's exact test: of the rows that one run alone got right, each run has half by
    chance; of rows in groups, each group's surplus is either run's by chance (`sign_flip`). The
    interval is the normal one of a mean of paired differences, from the sums of groups.

    right_a, right_b: whether each run's verdict on each row is right. groups: as above; raises
    ValueError where all of several rows are one group.
    """
    first, second = np.asarray(right_a, float), np.asarray(right_b, float)
    kin = numbered(groups or [""] * len(first))
    units = count(kin)
    if units < min(len(first), 2):
        raise ValueError("a test of accuracy needs rows of two groups or more")
    shares = _shares(second - first, kin, units)
    found = _difference(float(first.mean()), float(second.mean()), math.sqrt(shares @ shares))
    surplus = np.asarray(np.bincount(kin, second - first, units), float)
    return replace(found, p=sign_flip(surplus))


def sign_flip(surplus: Floats) -> float:
    """Two-sided chance of a sum as far from 0 as that of `surplus` or farther, when each group's
    sign is a fair coin; exact, for whole numbers (Fisher's randomization test). Of ones alone it
    is McNemar's exact test.
    """
    sizes = np.abs(surplus[surplus != 0]).astype(int)
    chances = np.ones(1)  # of each sum, from 0, of the sizes whose sign is plus
    for size in sizes:
        gap = np.zeros(size)
        chances = (np.concatenate([chances, gap]) + np.concatenate([gap, chances])) / 2
    sums = 2 * np.arange(len(chances)) - sizes.sum()
    return min(1.0, float(chances[np.abs(sums) >= abs(surplus.sum())].sum()))


def _difference(a: float, b: float, error: float) -> Difference:
    """With p of a normal test; where nothing varies, p is 1 for no difference, else 0."""
    change = b - a
    if error == 0:
        return Difference(a, b, change, change, change, float(change == 0))
    p = math.erfc(abs(change) / error / math.sqrt(2))
    return Difference(a, b, change, change - Z * error, change + Z * error, p)
