"""Temperatures and thresholds whose best value is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_test.calibration import Bin, fit_temperature, fit_threshold, log_loss, reliability
from local_test.metrics import measure, scored
from model_package.verdict import temper

ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 10_000)), min_size=1, max_size=30, unique=True
)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_recovers_a_known_distortion(true: float) -> None:
    """Labels drawn from probabilities, whose logits were then multiplied by `true`."""
    rng = np.random.default_rng(1)
    probas = rng.beta(1.5, 1.5, 20_000)
    labels = (rng.random(20_000) < probas).astype(int).tolist()
    distorted = [temper(proba, 1 / true) for proba in probas.tolist()]
    found = fit_temperature(labels, distorted, 0.05, 20)
    assert found == pytest.approx(true, rel=0.05)
    back = [temper(proba, found) for proba in distorted]
    assert log_loss(labels, back) == pytest.approx(log_loss(labels, distorted, found))
    assert measure(scored(labels, back))["ece"][0] < 0.02
    assert measure(scored(labels, back))["auroc"] == measure(scored(labels, distorted))["auroc"]


def test_rows_that_a_model_always_gets_right_or_wrong_meet_a_bound() -> None:
    assert fit_temperature([0, 1], [0.2, 0.8], 0.05, 20) == pytest.approx(0.05, rel=0.01)
    assert fit_temperature([1, 0], [0.2, 0.8], 0.05, 20) == pytest.approx(20, rel=0.01)


def test_log_loss_by_hand() -> None:
    assert log_loss([1, 0], [0.8, 0.4]) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)


def test_the_threshold_is_the_middle_of_the_best_gap() -> None:
    assert fit_threshold([0, 0, 1, 1], [0.1, 0.3, 0.7, 0.9]) == 0.5
    assert fit_threshold([0, 0, 1, 1], [0.1, 0.3, 0.4, 0.9]) == pytest.approx(0.35)
    assert fit_threshold([0, 1, 0, 1, 1], [0.1, 0.2, 0.6, 0.7, 0.8]) == pytest.approx(0.65)


def test_of_gaps_equally_good_the_one_nearest_to_a_half() -> None:
    labels, probas = [0, 1, 0, 1], [0.1, 0.2, 0.6, 0.7]  # above 0.15 or above 0.65: 3 of 4
    assert fit_threshold(labels, probas) == pytest.approx(0.65)


def test_f1_may_want_another_threshold_than_accuracy() -> None:
    labels, probas = [1, 0, 0, 1, 0, 0], [0.3, 0.4, 0.45, 0.9, 0.1, 0.2]
    assert fit_threshold(labels, probas) == pytest.approx(0.675)  # 5 of 6 are right
    assert fit_threshold(labels, probas, "f1") == pytest.approx(0.675)  # F1 2/3, as above 0.25
    labels, probas = [1, 0, 1, 0, 0], [0.3, 0.4, 0.45, 0.1, 0.9]
    assert fit_threshold(labels, probas) == pytest.approx(0.425)  # 3 of 5 are right
    assert fit_threshold(labels, probas, "f1") == pytest.approx(0.2)  # 2 * 2 / (4 + 2)


def test_the_ends_are_thresholds_too() -> None:
    assert fit_threshold([0, 0], [0.6, 1.0]) == 1.0
    assert fit_threshold([1, 1], [0.0, 0.4]) == pytest.approx(0.2)
    assert fit_threshold([1, 1], [0.2, 0.4]) == pytest.approx(0.1)


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_no_other_threshold_is_better(rows: list[tuple[int, int]]) -> None:
    labels, probas = [label for label, _ in rows], [proba / 10_000 for _, proba in rows]
    best = fit_threshold(labels, probas)
    right = measure(scored(labels, probas, threshold=round(best, 5)))["accuracy"][0]
    for other in (0.0, *probas):
        assert measure(scored(labels, probas, threshold=other))["accuracy"][0] <= right + 1e-12


def test_an_unknown_aim_is_refused() -> None:
    with pytest.raises(ValueError, match="'recall' is no aim; use accuracy or f1"):
        fit_threshold([0, 1], [0.1, 0.9], "recall")


def test_reliability_bins_by_hand() -> None:
    found = reliability([0, 1, 1], [0.21, 0.25, 0.95])
    assert found == [Bin(2, pytest.approx(0.23), 0.5), Bin(1, 0.95, 1.0)]  # type: ignore[arg-type]
