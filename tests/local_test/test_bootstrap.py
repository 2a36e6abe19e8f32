"""Intervals hold the truth about as often as they say, and are the same at each run."""

import time

import numpy as np
import pytest

from local_test.bootstrap import Score, intervals, resamples
from local_test.metrics import scored
from local_test.slices import FEW, MOST, Columns, sliced, summary


def test_every_draw_has_as_many_rows_as_there_are() -> None:
    drawn = np.concatenate(list(resamples(7, 1000, seed=3)))
    assert drawn.shape == (1000, 7)
    assert set(drawn.sum(axis=1)) == {7.0}
    assert drawn.mean() == 1
    assert abs(drawn[:, 0].mean() - 1) < 0.1


def test_about_95_of_100_intervals_hold_the_known_auroc() -> None:
    truth = 0.7602499389065233  # P(N(1, 1) > N(0, 1)) = Phi(1 / sqrt 2)
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 2, 150)
        probas = 1 / (1 + np.exp(-rng.normal(labels, 1)))
        score = intervals(scored(labels.tolist(), probas.tolist()), draws=200, seed=seed)["auroc"]
        assert score is not None
        held += score.low <= truth <= score.high
    assert 88 <= held <= 99


def test_accuracys_interval_is_near_the_normal_one() -> None:
    labels = [1] * 800 + [0] * 200
    score = intervals(scored(labels, [0.9] * 1000))["accuracy"]
    assert score is not None
    assert score.value == 0.8
    assert score.low == pytest.approx(0.8 - 1.96 * 0.01265, abs=0.004)
    assert score.high == pytest.approx(0.8 + 1.96 * 0.01265, abs=0.004)


def test_the_same_at_each_run_and_none_where_undefined() -> None:
    rows = scored([1, 1, 1], [0.2, 0.6, 0.7])
    assert intervals(rows) == intervals(rows)
    assert intervals(rows)["auroc"] is None
    assert intervals(scored([0, 1], [0.1, 0.9]))["auroc"] == Score(1.0, 1.0, 1.0)


def test_a_calibration_errors_interval_holds_its_value() -> None:
    labels = [n % 2 for n in range(60)]
    score = intervals(scored(labels, [0.5] * 60))["ece"]
    assert score is not None
    assert score.low == score.value == 0
    assert score.high > 0.05


def test_twenty_thousand_rows_take_seconds() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 20_000)
    rows = scored(labels.tolist(), np.round(rng.random(20_000), 4).tolist())
    start = time.process_time()
    intervals(rows)
    assert time.process_time() - start < 10


def test_slices_are_measured_alone_largest_first() -> None:
    columns = Columns([0, 1, 1, 0, 1], [0.1, 0.9, 0.2, 0.8, 0.9], [0, 1, 0, 1, 1])
    found = sliced(columns, [("en",), ("en",), ("ta", "en"), (), ("zh",)])
    assert list(found) == ["en", "ta", "zh"]
    assert (found["en"]["rows"], found["en"]["harmful"]) == (3, 2)
    assert found["en"]["auroc"]["value"] == 1
    assert found["en"]["accuracy"]["value"] == pytest.approx(2 / 3)
    assert found["ta"]["auroc"] is None
    assert found["ta"]["note"] == "no benign rows"
    assert found["en"]["note"] == "few rows: 2 harmful, 1 benign"


def test_enough_rows_need_no_note_and_no_more_slices_than_can_be_read() -> None:
    labels = [0, 1] * FEW
    columns = Columns(labels, [0.5] * len(labels), labels)
    assert "note" not in summary(columns)
    names = [(f"{n}", "all") for n in range(len(labels))]
    assert len(sliced(columns, names, draws=10)) == MOST
    assert next(iter(sliced(columns, names, draws=10))) == "all"
