"""Every line gets its row, whatever the worker does: real processes that die and hang."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from model_package import post, process, toll, watch
from model_package.ending import LEAST
from model_package.errors import UserError
from model_package.log import Log
from model_package.options import Options
from model_package.process import WorkerProcess
from model_package.promise import PACE, Due, Limits, Row
from model_package.spool import Spool
from model_package.supervisor import Supervisor

OK = "ok"
SLACK = 8  # seconds that two busy cores may add


@dataclass
class Sheet:
    """Rows as they were written; `sink` is where they would go."""

    sink: int
    rows: list[tuple[int, str, str]] = field(default_factory=list)
    savings: list[str] = field(default_factory=list)

    def fileno(self) -> int:
        """Where rows would go."""
        return self.sink

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Note the row, and that the prediction is its own."""
        assert row.path.startswith(prediction["path"])
        if prediction["proba"] != prediction["proba"]:
            raise ValueError("no probability")
        self.rows.append((row.number, row.path, OK))
        self.savings.append(prediction["evidence"]["caption"])

    def give_up(self, rows: Sequence[Row], reason: str) -> None:
        """Note the rows with the reason."""
        self.rows += [(row.number, row.path, reason) for row in rows]


@dataclass
class Notes:
    """What was logged."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, message: str, final: bool = False) -> None:
        self.lines.append(message)


@dataclass
class Run:
    """A supervisor over a pipe."""

    supervisor: Supervisor
    sheet: Sheet
    notes: Notes
    feed: int

    def limits(self, rows: int) -> None:
        """Send so many rows at once."""
        self.supervisor.limits = replace(self.supervisor.limits, batch_rows=rows)

    def lines(self, *paths: str, close: bool = True) -> None:
        """Send lines; then end the input."""
        data = "".join(f"{path}\n" for path in paths).encode()
        while data:
            data = data[os.write(self.feed, data) :]
        if close:
            os.close(self.feed)


@pytest.fixture
def null() -> Iterator[int]:
    handle = os.open(os.devnull, os.O_WRONLY)
    yield handle
    os.close(handle)


def make(null: int, row_seconds: float = 30, load_seconds: float = 30, **limits: float) -> Run:
    source, feed = os.pipe()
    sheet, notes, log = Sheet(null), Notes(), Log(null)
    spool = Spool(source)
    deadline = limits.get("deadline")
    due = Due(deadline, limits.get("last", deadline), limits.get("end"))
    bounds = Limits(4, row_seconds, load_seconds, ("caption", "view"), due)

    def start() -> WorkerProcess:
        return WorkerProcess(Options(), log.follow, "tests.model_package.bad_worker")

    spool.start()
    return Run(Supervisor(spool, start, sheet, notes, bounds), sheet, notes, feed)


def test_rows_come_in_order_and_once(null: int) -> None:
    run = make(null)
    paths = [f"p{n}" for n in range(50)]
    run.lines(*paths)
    run.supervisor.run()
    assert run.sheet.rows == [(n, path, OK) for n, path in enumerate(paths, 1)]


def test_endless_lines_do_not_stall(null: int) -> None:
    run = make(null)
    thread = threading.Thread(target=run.lines, args=["x" * 3_000_000] * 20)
    thread.start()
    run.supervisor.run()
    thread.join()
    assert len(run.sheet.rows) == 20


def test_long_paths_cannot_block_supervisor_and_worker_on_each_other(null: int) -> None:
    run = make(null)
    run.limits(rows=40)
    threading.Thread(target=run.lines, args=["\xe9" * 5000] * 200).start()
    run.supervisor.run()
    assert len(run.sheet.rows) == 200


def test_an_answer_that_is_no_number_is_a_fallback(null: int) -> None:
    run = make(null)
    run.lines("a", "nan", "b")
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [
        OK,
        "the answer was no probability",
        OK,
    ]


def test_many_rows_that_kill_do_not_take_the_others_along(null: int) -> None:
    run = make(null)
    paths = ["die"] * 3 + [f"p{n}" for n in range(20)]
    run.lines(*paths)
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows[3:]] == [OK] * 20


def test_a_worker_that_kills_everything_is_given_up(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toll, "BLAMED", 2)
    run = make(null)
    run.lines(*["die"] * 60)
    run.supervisor.run()
    assert len(run.sheet.rows) == 60
    assert "keeps dying" in run.sheet.rows[-1][2]


def test_a_worker_that_will_not_start_again_loses_no_row(
    null: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toll, "STILLBIRTHS", 3)
    monkeypatch.setenv("BAD_WORKER", f"refuse after {tmp_path / 'mark'}")
    run = make(null)
    run.lines("a", f"once {tmp_path / 'mark'}", "b")
    run.supervisor.run()
    assert len(run.sheet.rows) == 3
    assert "would not start again" in run.sheet.rows[-1][2]


def test_a_first_worker_that_will_not_start_is_the_users_to_mend(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAD_WORKER", "refuse")
    run = make(null)
    run.lines("a")
    with pytest.raises(UserError, match="no such thing"):
        run.supervisor.run()
    assert run.sheet.rows == []


def test_lines_that_come_after_the_workers_were_given_up_get_rows(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toll, "STILLBIRTHS", 3)
    monkeypatch.setenv("BAD_WORKER", "unborn")
    run = make(null)
    thread = threading.Thread(target=run.supervisor.run)
    thread.start()
    for n in range(8):
        time.sleep(0.4)
        run.lines(f"p{n}", close=n == 7)
    thread.join(60)
    assert [path for _, path, _ in run.sheet.rows] == [f"p{n}" for n in range(8)]


def test_no_input_needs_no_answer(null: int) -> None:
    run = make(null)
    run.lines()
    run.supervisor.run()
    assert run.sheet.rows == []


def test_a_line_without_an_end_counts(null: int) -> None:
    run = make(null)
    os.write(run.feed, b"a\n\nlast")
    os.close(run.feed)
    run.supervisor.run()
    assert [path for _, path, _ in run.sheet.rows] == ["a", "", "last"]


def test_the_row_that_kills_gets_the_fallback_and_no_other(null: int) -> None:
    run = make(null)
    paths = ["a", "b", "die", "c", "d", "e", "die too", "f"]
    run.lines(*paths)
    run.supervisor.run()
    assert [path for _, path, _ in run.sheet.rows] == paths
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert [n for n, verdict in enumerate(verdicts) if verdict != OK] == [2, 6]
    assert "SIGSEGV" in verdicts[2]


def test_a_row_in_flight_when_a_worker_dies_by_chance_is_answered(
    null: int, tmp_path: Path
) -> None:
    run = make(null)
    run.lines("a", f"once {tmp_path / 'mark'}", "b")
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK, OK, OK]
    assert any("exit code 3" in note for note in run.notes.lines)


def test_a_row_that_hangs_gets_the_fallback_after_a_second_try_alone(null: int) -> None:
    run = make(null, row_seconds=2)
    run.lines("a", "b", "hang", "c")
    run.supervisor.run()
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert verdicts == [OK, OK, "the worker died of it (it hung in ocr)", OK]
    assert len([note for note in run.notes.lines if "starting another" in note]) == 2


@pytest.mark.parametrize("path", ["stop", "nonsense"])
def test_a_worker_that_stands_still_or_talks_nonsense_is_replaced(
    null: int, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET", 1.0)
    run = make(null, row_seconds=300)
    run.lines("a", path, "b")
    start = time.monotonic()
    run.supervisor.run()
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert (verdicts[0], verdicts[2]) == (OK, OK)
    assert "the worker died of it" in verdicts[1]
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("path", ["compute", "compile"])
def test_a_worker_that_computes_in_silence_is_not_taken_for_one_that_stands_still(
    null: int, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET", 1.0)
    run = make(null, row_seconds=30)
    run.lines("a", path, "b")
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK] * 3
    assert not any("starting another" in note for note in run.notes.lines)


def test_a_worker_that_stands_still_while_it_loads_is_replaced_early(
    null: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET", 1.0)
    monkeypatch.setenv("BAD_WORKER", f"stillborn once {tmp_path / 'mark'}")
    run = make(null, load_seconds=300)
    run.lines("a", "b")
    start = time.monotonic()
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK, OK]
    assert any("it hung while it loaded" in note for note in run.notes.lines)
    assert time.monotonic() - start < 30


def test_a_hang_does_not_eat_the_time_limit(null: int) -> None:
    run = make(null, row_seconds=300, deadline=time.monotonic() + 20)
    run.lines("a", "b", "hang", *(f"p{n}" for n in range(9)))
    run.supervisor.run()
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert [n for n, verdict in enumerate(verdicts) if verdict != OK] == [2]
    assert verdicts[2] == "the worker died of it (it hung in ocr)"


def test_a_worker_that_stops_in_the_midst_of_a_message_holds_up_nothing(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "STALLED", 1)
    monkeypatch.setattr(post, "DYING", 0.2)
    run = make(null)
    run.lines("a", "stall", "b")
    run.supervisor.run()
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert verdicts == [OK, "the worker died of it (SIGKILL)", OK]


def test_a_batch_may_take_longer_than_a_hang_is_waited_for(null: int) -> None:
    run = make(null, row_seconds=2)
    run.lines("a", *["long"] * 4)  # 2.8 seconds together
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK] * 5
    assert not any("starting another" in note for note in run.notes.lines)


def test_rows_that_were_not_all_answered_are_asked_again(null: int) -> None:
    run = make(null)
    run.lines("a", "b", "half", "c")
    run.supervisor.run()
    verdicts = [verdict for _, _, verdict in run.sheet.rows]
    assert (verdicts[0], verdicts[1], verdicts[3]) == (OK, OK, OK)
    assert "it answered other rows than it was asked" in verdicts[2]


def test_what_would_be_late_is_saved_on_and_nothing_is_lost(null: int) -> None:
    run = make(null, deadline=time.monotonic() + 12)
    run.lines(*["dear"] * 200)  # 20 seconds; 2 with a saving
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK] * 200
    assert run.sheet.savings[:5] == [""] * 5
    assert run.sheet.savings.count("") < 120  # more of them do not fit into 12 seconds
    levels = [len(savings.split()) for savings in run.sheet.savings]
    told = [note for note in run.notes.lines if "to end in time" in note]
    assert 1 <= len(told) == max(levels)  # each saving once
    assert told[0].startswith("to end in time: captions only where nothing was read, first at row")


def test_with_time_enough_nothing_is_saved(null: int) -> None:
    run = make(null, deadline=time.monotonic() + 600)
    run.lines(*["slow"] * 10)
    run.supervisor.run()
    assert run.sheet.savings == [""] * 10
    assert not any("to end in time" in note for note in run.notes.lines)


def test_a_reader_that_leaves_ends_the_run_while_the_worker_is_busy(null: int) -> None:
    run = make(null, row_seconds=60)
    rows, run.sheet.sink = os.pipe()
    run.lines("hang", close=False)
    threading.Timer(1, os.close, [rows]).start()
    start = time.monotonic()
    with pytest.raises(BrokenPipeError):
        run.supervisor.run()
    assert time.monotonic() - start < 20
    os.close(run.sheet.sink)
    os.close(run.feed)


def test_lines_without_end_stop_at_the_end(null: int) -> None:
    now = time.monotonic()
    run = make(null, deadline=now + 1, end=now + 3)
    feeding = threading.Event()

    def feed() -> None:
        while not feeding.is_set():
            os.write(run.feed, b"slow\n" * 1000)

    thread = threading.Thread(target=feed)
    thread.start()
    run.supervisor.run()
    assert time.monotonic() - now < 10
    feeding.set()
    thread.join(60)
    assert not thread.is_alive()
    os.close(run.feed)  # not the end that is read: its number would be another test's next pipe


def test_workers_that_never_start_do_not_hold_up_the_rows(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toll, "STILLBIRTHS", 3)
    monkeypatch.setenv("BAD_WORKER", "unborn")
    run = make(null)
    run.lines("a", "b", "c")
    run.supervisor.run()
    assert len(run.sheet.rows) == 3
    assert all("keeps dying" in verdict for _, _, verdict in run.sheet.rows)
    assert "3 rows got the fallback" in run.notes.lines[-1]


@pytest.mark.parametrize("error", [OSError, RuntimeError])
def test_where_no_process_can_be_had_the_deadline_holds(null: int, error: type[Exception]) -> None:
    start = time.monotonic()
    run = make(null, deadline=start + 1)

    def none() -> WorkerProcess:
        raise error

    run.supervisor.post.start = none
    run.lines("a", "b")
    run.supervisor.run()
    assert time.monotonic() - start < 1 + SLACK
    assert len(run.sheet.rows) == 2


def test_a_deadline_in_many_years_is_one(null: int) -> None:
    run = make(null, deadline=time.monotonic() + 1e12)
    run.lines("a", "b")
    run.supervisor.run()
    assert [verdict for _, _, verdict in run.sheet.rows] == [OK, OK]


@pytest.mark.parametrize("path", ["hang", "slow"])
def test_the_deadline_holds(null: int, path: str) -> None:
    start = time.monotonic()
    run = make(null, deadline=start + 2)
    run.lines(*[path] * 100)
    run.supervisor.run()
    assert time.monotonic() - start < 2 + SLACK
    assert len(run.sheet.rows) == 100
    assert "the time limit is near" in run.sheet.rows[-1][2]


def test_many_lines_bring_the_deadline_forward(null: int) -> None:
    rows = LEAST - 10_000  # so many are written however slow a busy machine is
    run = make(null)
    run.lines(*["hang"] * rows)
    while not run.supervisor.spool.ended:
        time.sleep(0.01)
    due, end = run.supervisor.due, time.monotonic() + 3
    due.hasten(end - 0.5, end)
    run.supervisor.run()
    assert len(run.sheet.rows) == rows
    assert due.latest == end - rows / PACE


def test_room_for_rows_and_a_signal_both_bring_the_end_forward() -> None:
    due = Due(100.0, 100.0, 110.0)
    due.make_room(0)
    assert due.latest == 100.0
    due.make_room(PACE * 15)
    assert due.latest == 95.0
    due.hasten(50.0, 54.0)
    assert (due.deadline, due.latest) == (50.0, 39.0)
    due.make_room(0)
    assert due.latest == 50.0


def test_the_deadline_holds_while_the_models_load(
    null: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAD_WORKER", "stillborn")
    run = make(null, deadline=time.monotonic() + 1)
    run.lines("a", "b")
    run.supervisor.run()
    assert len(run.sheet.rows) == 2


def test_each_line_is_answered_before_the_next_is_sent(null: int) -> None:
    run = make(null)
    thread = threading.Thread(target=run.supervisor.run)
    thread.start()
    for n in range(3):
        run.lines(f"p{n}", close=False)
        end = time.monotonic() + 60
        while len(run.sheet.rows) <= n and time.monotonic() < end:
            time.sleep(0.01)
        assert len(run.sheet.rows) == n + 1
    os.close(run.feed)
    thread.join(60)
    assert not thread.is_alive()


def test_a_stop_answers_what_has_come(null: int) -> None:
    run = make(null)
    run.lines(*["hang"] * 20, close=False)
    threading.Timer(1, lambda: run.supervisor.stop("stopped by SIGTERM", 0.5, 5)).start()
    run.supervisor.run()
    os.close(run.feed)
    assert [verdict for _, _, verdict in run.sheet.rows] == ["stopped by SIGTERM"] * 20
