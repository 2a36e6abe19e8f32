"""Paired tests against formulas worked out another way."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pytest

from local_test.paired import accuracy_difference, auroc_difference, sign_flip


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


def by_groups(labels: list[int], change: list[float], groups: list[str]) -> float:
    """Obuchowski's variance of an AUROC's difference, group by group, as her paper writes it.

    change: of each row, how much its placement among the rows of the other class differs.
    """
    sums = {name: [0.0, 0.0] for name in groups}
    of_class = [[n for n, one in enumerate(labels) if one == side] for side in (0, 1)]
    for side, rows in enumerate(of_class):
        mean = sum(change[n] for n in rows) / len(rows)
        for n in rows:
            sums[groups[n]][side] += change[n] - mean
    benign, harmful = (len({groups[n] for n in rows}) for rows in of_class)
    n, m = map(len, of_class)
    s10 = harmful / ((harmful - 1) * m) * sum(one[1] ** 2 for one in sums.values())
    s01 = benign / ((benign - 1) * n) * sum(one[0] ** 2 for one in sums.values())
    s11 = len(sums) / (len(sums) - 1) * sum(one[0] * one[1] for one in sums.values())
    return s10 / m + s01 / n + 2 * s11 / (m * n)


def placements(labels: list[int], scores: list[float]) -> list[float]:
    """Of each row, the share of rows of the other class that it is on the right side of."""
    sides = [[s for s, one in zip(scores, labels, strict=True) if one == side] for side in (0, 1)]
    return [
        float(np.mean([0.5 + np.sign(s - other) * (label - 0.5) for other in sides[1 - label]]))
        for label, s in zip(labels, scores, strict=True)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_of_groups_it_is_obuchowskis(seed: int) -> None:
    labels, a, b, groups = alike(14, 3, seed)
    found = auroc_difference(labels, a, b, groups)
    first, second = placements(labels, a), placements(labels, b)
    variance = by_groups(labels, [y - x for x, y in zip(first, second, strict=True)], groups)
    assert found.difference == pytest.approx(auroc_difference(labels, a, b).difference)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * math.sqrt(variance))


def alike(
    count: int, rows: int, seed: int
) -> tuple[list[int], list[float], list[float], list[str]]:
    """Labels, two runs' scores and groups: in each group rows of both classes, answered alike."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count * rows)
    one, other = (
        np.repeat(rng.normal(0, 1, count), rows) + 0.5 * labels + rng.normal(0, 0.3, count * rows)
        for _ in range(2)
    )
    return labels.tolist(), one.tolist(), other.tolist(), [f"{n // rows}" for n in range(len(one))]


@pytest.mark.parametrize("groups", [(), [""] * 42, [f"own {n}" for n in range(42)]])
def test_rows_that_share_no_group_are_tested_as_rows(groups: Sequence[str]) -> None:
    labels, a, b, _ = alike(14, 3, 0)
    right_a, right_b = ([one > 0 for one in scores] for scores in (a, b))
    assert auroc_difference(labels, a, b, groups) == auroc_difference(labels, a, b)
    assert accuracy_difference(right_a, right_b, groups) == accuracy_difference(right_a, right_b)


def test_copies_within_their_groups_prove_nothing() -> None:
    labels, a, b, groups = alike(14, 3, 2)
    right_a, right_b = ([one > 0 for one in scores] for scores in (a, b))
    once = auroc_difference(labels, a, b, groups)
    often = auroc_difference(labels * 9, a * 9, b * 9, groups * 9)
    assert astuple(often) == pytest.approx(astuple(once))
    once = accuracy_difference(right_a, right_b, groups)
    often = accuracy_difference(right_a * 9, right_b * 9, groups * 9)
    assert astuple(often) == pytest.approx(astuple(once))


def test_of_groups_without_a_difference_p_is_seldom_small() -> None:
    grouped = alone = judged = 0
    for seed in range(200):
        _, a, b, groups = alike(50, 6, seed)
        labels = [int(name) % 2 for name in groups]  # one class a group, as in templates
        grouped += auroc_difference(labels, a, b, groups).p < 0.05
        alone += auroc_difference(labels, a, b).p < 0.05
        right_a, right_b = (
            [(one > 0) == label for one, label in zip(scores, labels, strict=True)]
            for scores in (a, b)
        )
        judged += accuracy_difference(right_a, right_b, groups).p < 0.05
    assert 2 <= grouped <= 22
    assert 1 <= judged <= 22
    assert alone > 60


def test_signs_of_groups_are_flipped_every_way() -> None:
    surplus = [3, -1, 2, 0, 2, -4, 1]
    ways = [
        abs(sum(sign * one for sign, one in zip(signs, surplus, strict=True))) >= abs(sum(surplus))
        for signs in itertools.product([1, -1], repeat=7)
    ]
    assert sign_flip(np.array(surplus, float)) == pytest.approx(sum(ways) / 2**7)
    assert sign_flip(np.zeros(3)) == 1
    assert sign_flip(np.array([5.0])) == 1


def test_one_group_proves_nothing() -> None:
    with pytest.raises(ValueError, match="two harmful and two benign"):
        auroc_difference([0, 1, 0, 1], [0.1] * 4, [0.2] * 4, ["a", "b", "a", "c"])
    with pytest.raises(ValueError, match="two groups or more"):
        accuracy_difference([True] * 3, [False] * 3, ["a"] * 3)


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
