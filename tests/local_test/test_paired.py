"""Paired tests against formulas worked out another way."""

import itertools
import math

import numpy as np
import pytest

from local_test.paired import accuracy_difference, auroc_difference


def by_definition(labels: list[int], a: list[float], b: list[float]) -> tuple[float, float]:
    """AUROC of b less that of a, and DeLong's variance of it, by the kernel over all pairs."""
    harmful = [n for n, label in enumerate(labels) if label]
    benign = [n for n, label in enumerate(labels) if not label]

    def kernel(scores: list[float], high: int, low: int) -> float:
        return (scores[high] > scores[low]) + 0.5 * (scores[high] == scores[low])

    table = np.array([[kernel(b, i, j) - kernel(a, i, j) for j in benign] for i in harmful])
    variance = table.mean(axis=1).var(ddof=1) / len(harmful)
    return float(table.mean()), float(variance + table.mean(axis=0).var(ddof=1) / len(benign))


@pytest.mark.parametrize("seed", range(5))
def test_delong_is_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = [*rng.integers(0, 2, 30).tolist(), 0, 0, 1, 1]
    a, b = (np.round(rng.random(34) + 0.3 * np.array(labels), 1).tolist() for _ in range(2))
    found = auroc_difference(labels, a, b)
    difference, variance = by_definition(labels, a, b)
    assert found.difference == pytest.approx(difference)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * math.sqrt(variance))
    assert found.p == pytest.approx(math.erfc(abs(difference) / math.sqrt(2 * variance)))


def test_a_run_is_no_other_than_itself() -> None:
    labels, probas = [0, 1, 0, 1], [0.2, 0.7, 0.3, 0.1]
    found = auroc_difference(labels, probas, probas)
    assert (found.a, found.difference, found.low, found.high, found.p) == (0.5, 0, 0, 0, 1)


def test_under_no_difference_p_is_seldom_small() -> None:
    small = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        labels = np.arange(120) % 2
        a, b = (rng.normal(labels, 1).tolist() for _ in range(2))
        small += auroc_difference(labels.tolist(), a, b).p < 0.05
    assert 3 <= small <= 30


def test_delong_needs_two_rows_of_each_class() -> None:
    with pytest.raises(ValueError, match="two harmful and two benign"):
        auroc_difference([0, 1, 1], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])


def test_mcnemar_is_the_binomial_tail() -> None:
    right_a = [True] * 9 + [False] * 2 + [True] * 10
    right_b = [False] * 9 + [True] * 2 + [True] * 10
    found = accuracy_difference(right_a, right_b)
    tail = sum(math.comb(11, k) for k in range(3)) / 2**11
    assert found.p == pytest.approx(2 * tail)
    assert found.difference == pytest.approx(-7 / 21)
    changes = [-1] * 9 + [1] * 2 + [0] * 10
    assert found.high - found.low == pytest.approx(2 * 1.959964 * np.std(changes) / math.sqrt(21))


def test_runs_that_agree_everywhere() -> None:
    for pattern in itertools.product([True, False], repeat=3):
        found = accuracy_difference(pattern, pattern)
        assert (found.difference, found.p, found.low, found.high) == (0, 1, 0, 0)
