"""Keeps the promise of one row a line while the worker may die or hang; knows no models.

The worker gets rows in batches and answers them in order. When it dies, it is started again,
and the rows it held are sent one at a time: the one that kills it twice, alone, gets the
fallback. When the time is up, or workers die without answering anything, the fallback stands
for all that is left.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, Protocol

from model_package.contract import parse_path
from model_package.errors import UserError
from model_package.spool import Spool

IN_FLIGHT = 2  # batches that the worker holds, so that it never waits for the next
LONGEST = 5000  # characters of a path that are sent; no system opens a longer one
DEATHS_ALONE = 2  # of one row, before it gets the fallback
DYING = 5.0  # seconds that a worker which closed its connection may take to die
BARREN_STARTS = 10  # workers in a row that die without an answer, before giving up


class Worker(Protocol):
    """A process with the models."""

    def fileno(self) -> int:
        """Readable when there is something to receive, or the worker has died."""

    def send(self, message: Any) -> None:
        """Raises OSError when the worker has died."""

    def receive(self) -> dict[str, Any]:
        """Raises EOFError or OSError when the worker has died."""

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it has not died by itself within `grace` seconds; tell how it ended."""


@dataclass
class Row:
    """A line on its way: its place in the input (from 1), its path, deaths it caused alone."""

    number: int
    path: str
    deaths: int = 0


class Output(Protocol):
    """Where rows go."""

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the worker's prediction for `row`."""

    def give_up(self, row: Row, reason: str) -> None:
        """Write the fallback for `row`."""


@dataclass(frozen=True)
class Limits:
    """batch_rows: rows sent together. row_seconds, load_seconds: longer is taken as a hang.

    deadline: in `time.monotonic` seconds; what is not answered by then gets the fallback.
    """

    batch_rows: int
    row_seconds: float
    load_seconds: float
    deadline: float | None = None


class Supervisor:
    """Answers every line of `spool` through `output`, in order; `start` makes a worker."""

    def __init__(
        self,
        spool: Spool,
        start: Callable[[], Worker],
        output: Output,
        log: Callable[[str], None],
        limits: Limits,
    ) -> None:
        self.spool, self.start, self.output, self.log = spool, start, output, log
        self.limits, self.deadline = limits, limits.deadline
        self.flying: deque[list[Row]] = deque()  # batches that the worker holds
        self.suspects: deque[Row] = deque()  # rows that a dead worker held
        self.lines = 0
        self.barren = 0
        self.ready = False
        self.stopping = ""  # why, once the rest is to get the fallback
        self.time_up = "the time limit is near"

    def run(self) -> None:
        """Until the input has ended and every line of it is answered, or the time is up."""
        self.worker = self._start()
        try:
            while not self._done() and not self.stopping:
                self._send_batches()
                self._wait()
        finally:
            self.worker.end()
        if self.stopping:
            self._give_up_rest(self.stopping)

    def stop(self, reason: str, grace: float) -> None:
        """End within `grace` seconds; safe to call from a signal handler."""
        limit = time.monotonic() + grace
        self.deadline = min(limit, self.deadline or limit)
        self.time_up = reason
        self.spool.notify()

    def _start(self) -> Worker:
        self.ready = False
        self.started = time.monotonic()
        self.patience = self.started + self.limits.load_seconds
        return self.start()

    def _done(self) -> bool:
        return self.spool.exhausted and not self.flying and not self.suspects

    def _send_batches(self) -> None:
        while self.ready and len(self.flying) < (1 if self.suspects else IN_FLIGHT):
            batch = self._next_batch()
            if not batch:
                return
            if not self.flying:
                self._be_patient(batch)
            self.flying.append(batch)
            try:
                self.worker.send([row.path[:LONGEST] for row in batch])
            except OSError:
                return  # its death is noticed when we next receive

    def _next_batch(self) -> list[Row]:
        if self.suspects:
            return [] if self.flying else [self.suspects.popleft()]
        return self._take(self.limits.batch_rows)

    def _take(self, most: int) -> list[Row]:
        first = self.lines + 1
        rows = [
            Row(number, parse_path(line))
            for number, line in enumerate(self.spool.take(most), first)
        ]
        self.lines += len(rows)
        return rows

    def _be_patient(self, batch: Sequence[Row]) -> None:
        self.patience = time.monotonic() + self.limits.row_seconds * len(batch)

    def _wait(self) -> None:
        ends = [self.deadline] if self.deadline else []
        ends += [self.patience] if self._is_waiting() else []
        timeout = max(0.0, min(ends) - time.monotonic()) if ends else None
        heard = wait([self.worker.fileno(), self.spool.wake], timeout)
        self.spool.clear()
        if self.worker.fileno() in heard:
            self._receive()
        elif self._is_waiting() and time.monotonic() >= self.patience:
            self._bury("it hung")
        if self.deadline and time.monotonic() >= self.deadline:
            self.stopping = self.time_up

    def _is_waiting(self) -> bool:
        """Whether the worker owes us anything."""
        return bool(self.flying) or not self.ready

    def _receive(self) -> None:
        try:
            message = self.worker.receive()
        except (EOFError, OSError, json.JSONDecodeError):
            self._bury("")
            return
        if "refused" in message:
            raise UserError(message["refused"])
        if not self.ready:
            self.log(f"models ready after {time.monotonic() - self.started:.1f} s")
        self.ready = True
        if "rows" in message:
            self.barren = 0
            for row, prediction in zip(self.flying.popleft(), message["rows"], strict=True):
                self.output.answer(row, prediction)
            if self.flying:
                self._be_patient(self.flying[0])

    def _bury(self, reason: str) -> None:
        """The worker is dead or as good as: suspect what it held, and start another."""
        reason = reason or self.worker.end(DYING)
        self.worker.end()
        held = [row for batch in self.flying for row in batch]
        self.flying.clear()
        if len(held) == 1:
            held[0].deaths += 1
        if len(held) == 1 and held[0].deaths >= DEATHS_ALONE:
            self.output.give_up(held[0], f"the worker died of it ({reason})")
            held = []
        self.suspects.extendleft(reversed(held))
        self.barren += 1
        if self.barren >= BARREN_STARTS:
            self.stopping = f"the worker keeps dying ({reason})"
            return
        self.log(f"the worker ended ({reason}); starting another")
        self.worker = self._start()

    def _give_up_rest(self, reason: str) -> None:
        left = [row for batch in self.flying for row in batch] + list(self.suspects)
        count = 0
        while left := left or self._take(self.limits.batch_rows):
            for row in left:
                self.output.give_up(row, reason)
            count += len(left)
            left = []
        self.log(f"{reason}: {count} rows got the fallback")
