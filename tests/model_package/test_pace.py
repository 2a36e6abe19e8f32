"""What must be saved is chosen by a made-up clock: late rows save, early ones do not."""

from collections.abc import Sequence
from itertools import pairwise

from model_package.pace import Pace

BATCH = 8


def simulate(costs: Sequence[float], rows: int, deadline: float) -> tuple[float, list[int]]:
    """When `rows` had ended that take `costs[level]` seconds each, and each one's level."""
    pace, now, levels = Pace(len(costs) - 1, 0, deadline), 0.0, list[int]()
    while len(levels) < rows:
        level = pace.choose(now, rows - len(levels))
        count = min(pace.fit(now, BATCH), rows - len(levels))
        now += count * costs[level]
        pace.note(level, count, count * costs[level])
        levels += [level] * count
    return now, levels


def test_with_time_enough_nothing_is_saved() -> None:
    assert simulate([1, 0.5, 0.1], 1000, deadline=1200) == (1000, [0] * 1000)


def test_without_a_deadline_nothing_is_saved() -> None:
    pace = Pace(2)
    pace.note(0, 100, 1e6)
    assert (pace.choose(1e9, 1_000_000), pace.fit(1e9, 8)) == (0, 8)


def test_what_would_be_late_ends_in_time_by_saving_as_little_as_does() -> None:
    end, levels = simulate([1, 0.5, 0.1], 1000, deadline=800)
    assert end <= 800
    assert set(levels) == {0, 1}
    assert levels[:BATCH] == [0] * BATCH


def test_one_saving_after_the_other_is_tried_each_measured_first() -> None:
    end, levels = simulate([1, 0.9, 0.8, 0.1], 1000, deadline=300)
    assert end <= 300
    assert levels[: 4 * BATCH] == [0] * BATCH + [1] * BATCH + [2] * BATCH + [3] * BATCH


def test_levels_do_not_flap() -> None:
    for deadline in range(150, 1000, 50):
        _, levels = simulate([1, 0.3, 0.1], 1000, deadline)
        changes = sum(one != after for one, after in pairwise(levels))
        assert changes <= 12, (deadline, changes)


def test_a_slow_moment_is_forgiven() -> None:
    pace = Pace(1, 0, 1000)
    pace.note(0, 8, 80)
    assert pace.choose(80, 200) == 1  # it would take 2000 seconds
    pace.note(1, 8, 8)
    assert pace.choose(88, 192) == 0  # twice 192 seconds fit into 912


def test_what_proved_too_slow_twice_is_not_gone_back_to_so_lightly() -> None:
    pace = Pace(1, 0, 1000)
    for level, seconds, chosen in [
        (0, 80, 1),
        (1, 8, 0),
        (0, 80, 1),
        (1, 16, 1),
        (1, 0, 1),
        (1, 0, 0),
    ]:
        pace.note(level, 8, seconds)
        assert pace.choose(200, 200) == chosen


def test_rows_sent_before_a_change_do_not_count_after_it() -> None:
    pace = Pace(2, 0, 1000)
    pace.note(0, 8, 80)
    assert pace.choose(80, 500) == 1
    pace.note(0, 8, 80)
    assert pace.choose(160, 500) == 1  # level 1 is not known yet


def test_slow_rows_are_believed_sooner() -> None:
    pace = Pace(1, 0, 1000)
    pace.note(0, 1, 19)
    assert pace.choose(19, 500) == 0
    pace.note(0, 1, 19)
    assert pace.choose(38, 500) == 1


def test_batches_shrink_before_the_deadline() -> None:
    pace = Pace(0, 0, 100)
    pace.note(0, 8, 8)
    assert [pace.fit(now, 8) for now in (0, 60, 80, 99, 101)] == [8, 8, 5, 1, 1]


def test_little_is_risked_before_a_row_was_timed() -> None:
    pace = Pace(0, 0, 100)
    assert [pace.fit(now, 16) for now in (0, 36, 60, 97, 101)] == [16, 16, 10, 1, 1]


def test_little_is_risked_at_the_end() -> None:
    pace = Pace(1, 0, 1000)
    pace.note(0, 8, 80)
    assert pace.choose(80, 500) == 1
    pace.note(1, 8, 8)
    assert pace.choose(905, 10) == 1  # 10 of 95 seconds, but the end is near
    assert pace.choose(500, 10) == 0
    assert pace.fit(996, 8) == 1  # eight seconds a row are feared
