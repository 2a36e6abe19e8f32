"""Measures by hand-made cases, and against scikit-learn on any."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local_test.metrics import MEASURES, measure, scored

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=1, max_size=40)


def values(labels: list[int], probas: list[float], **more: Any) -> dict[str, float]:
    return {
        name: float(found[0]) for name, found in measure(scored(labels, probas, **more)).items()
    }


def test_four_points_by_hand() -> None:
    found = values([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9])
    assert found["auroc"] == 3 / 4  # of four pairs, (0.4, 0.6) alone is the wrong way round
    assert found["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert found["accuracy"] == 2 / 4
    assert found["f1"] == 2 * 1 / (2 * 1 + 1 + 1)
    assert found["false_positive_rate"] == 1 / 2


def test_a_tie_counts_half() -> None:
    assert values([0, 1], [0.5, 0.5])["auroc"] == 0.5
    assert values([0, 1, 1], [0.5, 0.5, 0.7])["auroc"] == 0.75


def test_calibration_error_by_hand() -> None:
    labels, probas = [0, 1, 1, 1], [0.21, 0.25, 0.95, 0.99]  # bins (3/15, 4/15] and the last
    expected = (2 * abs(0.23 - 0.5) + 2 * abs(0.97 - 1)) / 4
    assert values(labels, probas)["ece"] == pytest.approx(expected)
    assert values([1, 0], [1.0, 0.0])["ece"] == 0
    assert values([0, 0, 1, 1], [0.5] * 4)["ece"] == 0


def test_verdicts_may_come_from_elsewhere() -> None:
    assert values([0, 1], [0.9, 0.1], verdicts=[0, 1])["accuracy"] == 1
    assert values([0, 1], [0.2, 0.3], threshold=0.25)["accuracy"] == 1
    assert values([0], [0.5])["false_positive_rate"] == 0  # at the threshold is not above it


def test_what_one_class_leaves_undefined_is_nan() -> None:
    harmful, benign = values([1, 1], [0.2, 0.9]), values([0, 0], [0.2, 0.9])
    undefined = {name for name in MEASURES if math.isnan(harmful[name])}
    assert undefined == {"auroc", "average_precision", "false_positive_rate"}
    undefined = {name for name in MEASURES if math.isnan(benign[name])}
    assert undefined == {"auroc", "average_precision", "f1"}
    assert benign["accuracy"] == benign["false_positive_rate"] == 0.5


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_they_are_scikit_learns(rows: list[tuple[int, int]]) -> None:
    from sklearn import metrics

    labels, probas = [label for label, _ in rows], [proba / 20 for _, proba in rows]
    assume(len(set(labels)) == 2)
    called = [int(proba > 0.5) for proba in probas]
    found = values(labels, probas)
    assert found["auroc"] == pytest.approx(metrics.roc_auc_score(labels, probas))
    precision = metrics.average_precision_score(labels, probas)
    assert found["average_precision"] == pytest.approx(precision)
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, called))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(labels, called))


@settings(deadline=None, max_examples=50)
@given(ROWS, st.integers(0, 1000))
def test_weights_are_repeated_rows(rows: list[tuple[int, int]], seed: int) -> None:
    labels, probas = [label for label, _ in rows], [proba / 20 for _, proba in rows]
    times = np.random.default_rng(seed).integers(0, 3, len(rows))
    assume(times.sum() > 0)
    ranked = scored(labels, probas)
    order = np.argsort(-np.asarray(probas), kind="stable")
    weighted = measure(ranked, times[order][None].astype(float))
    repeated = measure(scored(np.repeat(labels, times).tolist(), np.repeat(probas, times).tolist()))
    for name in MEASURES:
        assert weighted[name][0] == pytest.approx(repeated[name][0], nan_ok=True), name


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 labels, 1 probas, 1 verdicts"):
        scored([0, 1], [0.5])
    with pytest.raises(ValueError, match="0 labels"):
        scored([], [])
