"""How many deaths in a row are too many: of workers that load, and of rows that kill."""

from model_package.toll import BLAMED, LONGEST, STEP, STILLBIRTHS, Toll


def test_workers_that_never_load_are_given_up_and_one_that_does_begins_anew() -> None:
    toll = Toll()
    assert not any(toll.died(was_ready=False, blamed=0) for _ in range(STILLBIRTHS - 1))
    assert not toll.ever_ready
    toll.ready()
    assert toll.ever_ready
    assert not any(toll.died(was_ready=False, blamed=0) for _ in range(STILLBIRTHS - 1))
    assert toll.died(was_ready=False, blamed=0)


def test_rows_that_kill_are_given_up_and_an_answer_between_them_begins_anew() -> None:
    toll = Toll()
    assert not any(toll.died(was_ready=True, blamed=1) for _ in range(BLAMED - 1))
    toll.answered()
    assert not any(toll.died(was_ready=True, blamed=1) for _ in range(BLAMED - 1))
    assert toll.died(was_ready=True, blamed=1)


def test_deaths_that_no_row_is_blamed_for_may_go_on() -> None:
    toll = Toll()
    assert not any(toll.died(was_ready=True, blamed=0) for _ in range(1000))


def test_pauses_grow_with_deaths_before_a_worker_is_ready_and_end_with_one_that_is() -> None:
    toll, pauses = Toll(), []
    for _ in range(STILLBIRTHS):
        pauses.append(toll.pause)
        toll.died(was_ready=False, blamed=0)
    assert pauses[:3] == [0, STEP, 2 * STEP]
    assert pauses[-1] == LONGEST
    assert sum(pauses) > 90
    toll.ready()
    toll.died(was_ready=True, blamed=1)
    assert toll.pause == 0
