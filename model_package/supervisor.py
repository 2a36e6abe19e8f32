"""Keeps the promise of one row a line while the worker may die or hang; knows no models.

The worker gets rows in batches and answers them in order. When it dies, it is started again,
and the rows it held are sent one at a time: the one that kills it twice, alone, gets the
fallback. When the time is up, or workers die again and again without an answer, the fallback
stands for all that is left.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from typing import Any

from model_package.contract import parse_path
from model_package.errors import UserError
from model_package.promise import Limits, Log, Output, Row, Worker
from model_package.spool import Spool

IN_FLIGHT = 2  # batches that the worker holds, so that it never waits for the next
LONGEST = 5000  # characters of a path that are sent; no system opens a longer one
DEATHS_ALONE = 2  # of one row, before it gets the fallback
DYING = 5.0  # seconds that a worker which closed its connection may take to die
STILLBIRTHS = 10  # workers in a row that die before their models are ready, before giving up
BLAMED = 20  # rows in a row that killed workers, before giving up
PAUSE = 0.5  # seconds before another try where no process can be started
HEAP = 4096  # rows that get the fallback at once, when the end has come


class Supervisor:
    """Answers every line of `spool` through `output`, in order; `start` makes a worker."""

    def __init__(
        self,
        spool: Spool,
        start: Callable[[], Worker],
        output: Output,
        log: Log,
        limits: Limits,
    ) -> None:
        self.spool, self.start, self.output, self.log = spool, start, output, log
        self.limits, self.deadline = limits, limits.deadline
        self.flying: deque[list[Row]] = deque()  # batches that the worker holds
        self.suspects: deque[Row] = deque()  # rows that a dead worker held
        self.lines = 0
        self.stillbirths = 0
        self.blamed = 0
        self.ready = False
        self.ever_ready = False
        self.end = limits.end
        self.stopping = ""  # why, once the rest is to get the fallback
        self.time_up = "the time limit is near"
        self.stopped = False  # from outside

    def run(self) -> None:
        """Until the input has ended and every line of it is answered, or the time is up."""
        self.worker = self._start()
        try:
            while not self._done() and not self.stopping:
                self._send_batches()
                self._wait()
        except (UserError, BrokenPipeError):
            raise
        except Exception as error:  # whatever goes wrong here, each line still gets its row
            self.stopping = f"an internal error ({type(error).__name__})"
        finally:
            self.worker.end()
        if self.stopping:
            self._give_up_rest(self.stopping)

    def stop(self, reason: str, grace: float) -> None:
        """End within `grace` seconds; safe to call from a signal handler."""
        limit = time.monotonic() + grace
        self.deadline = self.end = min(limit, self.deadline or limit)
        self.time_up = reason
        self.stopped = True
        self.spool.notify()

    def _start(self) -> Worker:
        self.ready = False
        self.started = time.monotonic()
        self.patience = self.started + self.limits.load_seconds
        for _ in range(STILLBIRTHS):
            try:
                return self.start()
            except OSError:  # no memory or no process to be had just now
                time.sleep(PAUSE)
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
            self.worker.send([row.path[:LONGEST] for row in batch])

    def _next_batch(self) -> list[Row]:
        if self.suspects:
            return [] if self.flying else [self.suspects.popleft()]
        return self._take(self.limits.batch_rows if self.lines else 1)  # a first row soon

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
            self._refuse(message["refused"])
            return
        if not self.ready:
            self.log(f"models ready after {time.monotonic() - self.started:.1f} s")
        self.ready = self.ever_ready = True
        self.stillbirths = 0
        if "rows" in message:
            self._answer(self.flying.popleft(), message["rows"])

    def _refuse(self, reason: str) -> None:
        """A first worker that will not start is the user's mistake; a later one is a death."""
        if not self.ever_ready:
            raise UserError(reason)
        self._bury(f"it would not start again: {reason}")

    def _answer(self, rows: list[Row], predictions: list[dict[str, Any]]) -> None:
        self.blamed = 0
        for row, prediction in zip(rows, predictions, strict=True):
            try:
                self.output.answer(row, prediction)
            except ValueError:
                self.output.give_up([row], "the answer was no probability")
        if self.flying:
            self._be_patient(self.flying[0])

    def _bury(self, reason: str) -> None:
        """The worker is dead or as good as: suspect what it held, and start another."""
        ending = self.worker.end(0 if reason else DYING)
        reason = reason or ending
        held = [row for batch in self.flying for row in batch]
        self.flying.clear()
        self.suspects.extendleft(reversed(self._blame(held, reason)))
        self.stillbirths += not self.ready
        if self.stillbirths >= STILLBIRTHS or self.blamed >= BLAMED:
            self.stopping = f"the worker keeps dying ({reason})"
            return
        self.log(f"the worker ended ({reason}); starting another", final=True)
        self.worker = self._start()

    def _blame(self, held: list[Row], reason: str) -> list[Row]:
        """The rows to try again; one that was alone when a worker died may be done with."""
        if len(held) != 1:
            return held
        held[0].deaths += 1
        if held[0].deaths < DEATHS_ALONE:
            return held
        self.blamed += 1
        self.output.give_up(held, f"the worker died of it ({reason})")
        return []

    def _give_up_rest(self, reason: str) -> None:
        """The fallback for all that is left, and for what still comes until the very end."""
        left = [row for batch in self.flying for row in batch] + list(self.suspects)
        count = 0
        while left := left or self._last_lines():
            self.output.give_up(left, reason)
            count += len(left)
            left = []
        self.log(f"{reason}: {count} rows got the fallback", final=True)

    def _last_lines(self) -> list[Row]:
        """Lines that are there or still come; none when the input or the time has ended."""
        while not (rows := self._take(HEAP)) and not self.spool.exhausted:
            timeout = self.end - time.monotonic() if self.end else None
            if timeout is not None and timeout <= 0:
                return []
            wait([self.spool.wake], timeout)
            self.spool.clear()
        return rows
