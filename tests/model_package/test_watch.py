"""How long silence is borne, by a made-up clock: less near the end, never less than a new start."""

import time

import pytest

from model_package.promise import Due, Limits
from model_package.watch import LEAST, QUIET, Watch


class Clock:
    """Says what it is told to say."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def make(deadline: float | None = None) -> Watch:
    return Watch(Limits(8, row_seconds=60, load_seconds=600, due=Due(deadline)))


def ready(clock: Clock, watch: Watch, load: float) -> None:
    """Its models take `load` seconds, and a row begins."""
    clock.now += load
    assert watch.loaded() == load
    watch.turned()
    watch.beat(3, "ocr")


def test_without_a_limit_a_busy_row_is_borne_for_as_long_as_the_profile_says(clock: Clock) -> None:
    watch = make()
    ready(clock, watch, 5)
    assert watch.patience == clock.now + 60
    clock.now += 9
    watch.works()
    assert watch.end == clock.now + QUIET
    clock.now += 50.9
    watch.works()
    assert not watch.is_over()
    clock.now += 0.1
    assert watch.is_over()
    assert (watch.verdict, watch.at) == ("it hung in ocr", (3, "ocr"))


def test_one_that_does_nothing_is_known_sooner_while_it_loads_too(clock: Clock) -> None:
    watch = make()
    clock.now += QUIET
    assert watch.is_over()
    assert watch.verdict == "it hung while it loaded"
    watch.works()
    assert not watch.is_over()
    clock.now = 1600
    watch.works()
    assert watch.is_over()
    assert watch.verdict == "its models took too long to load"


def test_near_the_limit_less_is_borne_but_never_less_than_a_new_start_costs(clock: Clock) -> None:
    watch = make(deadline=1083)
    ready(clock, watch, 3)
    assert watch.patience == clock.now + 80 / 8
    clock.now = 1063
    watch.beat(4, "ocr")
    assert watch.patience == clock.now + 2 * 3
    assert watch.quiet == clock.now + 20 / 8
    clock.now = 1082
    watch.works()
    assert watch.quiet == clock.now + LEAST


def test_a_limit_far_away_changes_nothing(clock: Clock) -> None:
    watch = make(deadline=9000)
    ready(clock, watch, 5)
    assert (watch.patience, watch.quiet) == (clock.now + 60, clock.now + QUIET)
