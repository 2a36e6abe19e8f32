"""Intervals hold the truth about as often as they say, and are the same at each run."""

import time
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pytest

from local_test.bootstrap import Score, intervals, resamples
from local_test.groups import numbered
from local_test.metrics import scored
from local_test.slices import FEW, MOST, Columns, sliced, summary


def test_every_draw_has_as_many_rows_as_there_are() -> None:
    drawn = np.concatenate(list(resamples(7, 1000, seed=3)))
    assert drawn.shape == (1000, 7)
    assert set(drawn.sum(axis=1)) == {7.0}
    assert drawn.mean() == 1
    assert abs(drawn[:, 0].mean() - 1) < 0.1


def test_a_group_is_drawn_whole_and_as_many_as_there_are() -> None:
    groups = numbered(["a", "b", "a", "", "b", "b", ""])
    assert groups.tolist() == [0, 1, 0, 2, 1, 1, 3]
    drawn = np.concatenate(list(resamples(7, 1000, seed=3, groups=groups)))
    assert (drawn[:, [0, 1, 1]] == drawn[:, [2, 4, 5]]).all()
    assert set(drawn[:, [0, 1, 3, 6]].sum(axis=1)) == {4.0}
    assert set(drawn.sum(axis=1)) > {4.0, 12.0}  # the group of three never, and always


@pytest.mark.parametrize("groups", [(), [""] * 60, [f"own {n}" for n in range(60)]])
def test_rows_that_share_no_group_get_the_interval_of_rows(groups: Sequence[str]) -> None:
    """To the last digit: the numbers are those of rows drawn one by one."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 60)
    probas = np.round(rng.random(60) * 0.7 + 0.3 * labels, 2)
    rows = scored(labels.tolist(), probas.tolist(), groups=groups)
    found = intervals(rows, draws=200, seed=5)
    assert found["auroc"] == Score(0.8235294117647058, 0.6924254930254929, 0.9143578745600804)
    assert found["accuracy"] == Score(0.7166666666666667, 0.6, 0.8166666666666667)


def test_copies_within_a_group_tell_nothing_new() -> None:
    labels, probas, groups = templates(12, 3, seed=1)
    once = intervals(scored(labels, probas, groups=groups))
    often = intervals(scored(labels * 7, probas * 7, groups=groups * 7))
    alone = intervals(scored(labels * 7, probas * 7))
    for name, one in once.items():
        seven, rows = often[name], alone[name]
        assert one is not None
        assert seven is not None
        assert rows is not None
        assert astuple(seven) == pytest.approx(astuple(one))
        assert rows.high - rows.low < 0.6 * (one.high - one.low)


def templates(count: int, rows: int, seed: int) -> tuple[list[int], list[float], list[str]]:
    """Labels, probabilities and groups of `count` templates: the rows of one are answered nearly
    alike, and templates as N(0, 1) of benign ones and N(1, 1) of harmful ones."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(count) % 2, rows)
    margins = np.repeat(rng.normal(0, 1, count), rows) + labels + rng.normal(0, 0.01, count * rows)
    groups = [f"template {n // rows}" for n in range(count * rows)]
    return labels.tolist(), (1 / (1 + np.exp(-margins))).tolist(), groups


def test_intervals_of_groups_hold_the_known_auroc_and_those_of_rows_do_not() -> None:
    truth = 0.7602499389065233  # as above
    grouped = alone = 0
    for seed in range(60):
        labels, probas, groups = templates(60, 5, seed)
        for rows in (scored(labels, probas, groups=groups), scored(labels, probas)):
            score = intervals(rows, draws=200, seed=seed)["auroc"]
            assert score is not None
            held = score.low <= truth <= score.high
            grouped, alone = grouped + (held and rows.groups.max() == 59), alone + held
    assert 52 <= grouped <= 60
    assert alone - grouped < 45


def test_accuracys_interval_of_groups_is_the_binomials() -> None:
    labels, groups = [1] * 1000, [f"{n // 50}" for n in range(1000)]  # 20 groups of 50
    score = intervals(scored(labels, [0.9] * 500 + [0.1] * 500, groups=groups))["accuracy"]
    assert score is not None
    assert astuple(score) == pytest.approx((0.5, 0.3, 0.7), abs=0.05)


def test_of_one_group_alone_nothing_is_known() -> None:
    labels, probas, groups = [1, 1, 0, 0, 0], [0.9, 0.4, 0.3, 0.6, 0.2], ["a", "a", "b", "c", "c"]
    found = intervals(scored(labels, probas, groups=groups))
    assert found["auroc"] == Score(5 / 6, 0, 1)
    assert found["false_positive_rate"] == Score(1 / 3, 0, 0.5)  # of b and c: neither, or c alone
    found = intervals(scored(labels, probas, groups=["a", "a", "b", "b", "b"]))
    assert found["false_positive_rate"] == Score(1 / 3, 0, 1)


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


@pytest.mark.parametrize("size", [1, 2, 5000])
def test_twenty_thousand_rows_take_seconds(size: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 20_000)
    groups = [f"{n // size}" for n in range(20_000)]
    rows = scored(labels.tolist(), np.round(rng.random(20_000), 4).tolist(), groups=groups)
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


def test_a_slice_keeps_its_rows_groups() -> None:
    columns = Columns([0, 1] * 50, [0.4, 0.6] * 50, [0, 1] * 50, [f"{n // 4}" for n in range(100)])
    whole = summary(columns, draws=10)
    assert (whole["rows"], whole["groups"], whole["harmful"]) == (100, 25, 50)
    assert whole["note"] == "few groups: 25 harmful, 25 benign"
    found = sliced(columns, [("first",) if n < 10 else ("rest",) for n in range(100)], draws=10)
    assert {name: one["groups"] for name, one in found.items()} == {"rest": 23, "first": 3}
    assert summary(columns.take(range(3)), draws=10)["note"] == "few groups: 1 harmful, 1 benign"


def test_enough_rows_need_no_note_and_no_more_slices_than_can_be_read() -> None:
    labels = [0, 1] * FEW
    columns = Columns(labels, [0.5] * len(labels), labels)
    assert "note" not in summary(columns)
    names = [(f"{n}", "all") for n in range(len(labels))]
    assert len(sliced(columns, names, draws=10)) == MOST
    assert next(iter(sliced(columns, names, draws=10))) == "all"
