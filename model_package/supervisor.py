"""Keeps the promise of one row a line while the worker may die or hang; knows no models.

The worker gets rows in batches and answers them in order. When it dies, it is started again,
and the rows it held are sent one at a time: the one that kills it twice, alone, gets the
fallback. When the time is up, or workers die again and again without an answer, the fallback
stands for all that is left.
"""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from model_package.ending import give_up_rest
from model_package.errors import UserError
from model_package.lineup import Batch, Lineup
from model_package.lookout import listen
from model_package.pace import Pace
from model_package.profile import SAVINGS
from model_package.promise import Limits, Log, Output, Row, Unwritten, Worker
from model_package.spool import Spool
from model_package.toll import Toll
from model_package.watch import Watch

LONGEST = 5000  # characters of a path that are sent; no system opens a longer one
DYING = 1.0  # seconds that a worker which closed its connection may take to die
TRIES = 10  # to start a process, where none can be had just now
PAUSE = 0.5  # seconds between them


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
        self.limits, self.due = limits, limits.due
        self.lineup = Lineup(spool)
        self.watch = Watch(limits)
        self.pace = Pace(len(limits.savings), time.monotonic(), self.due.deadline)
        self.told = 0  # the highest level of saving that was spoken of
        self.toll = Toll()
        self.stopping = ""  # why, once the rest is to get the fallback
        self.time_up = "the time limit is near"
        self.stopped = False  # from outside
        self.given_up = 0  # rows that got the fallback because of `stopping`

    def run(self) -> None:
        """Until the input has ended and every line of it is answered, or the time is up."""
        with ExitStack() as later:
            try:
                self._work(later)
            except (UserError, BrokenPipeError, Unwritten):
                raise
            except Exception as error:  # whatever goes wrong here, each line still gets its row
                self.stopping = f"an internal error ({type(error).__name__})"
            if self.stopping:
                reason = self.stopping
                self.given_up = give_up_rest(self.lineup, self.output, self.due, reason)
                self.log(f"{reason}: {self.given_up} rows got the fallback", final=True)

    def _work(self, later: ExitStack) -> None:
        """`later`, with the last rows written, the worker's death is waited for if time allows."""
        self.worker = self._start()
        try:
            while not (self.lineup.done or self.stopping):
                self._send_batches()
                self._wait()
        finally:
            self.worker.kill()
            later.callback(self._part)

    def _part(self) -> None:
        if self.due.end is None or time.monotonic() < self.due.end:
            self.worker.end()

    def stop(self, reason: str, grace: float, rest: float) -> None:
        """Answer no more after `grace` seconds, and write no more after `rest` further ones.

        Safe to call from a signal handler.
        """
        now = time.monotonic()
        self.due.hasten(now + grace, now + grace + rest)
        self.time_up = reason
        self.stopped = True
        self.spool.notify()

    def _start(self) -> Worker:
        self.watch.started()
        for _ in range(TRIES):
            try:
                return self.start()
            except (OSError, RuntimeError):  # no memory, process or thread to be had just now
                if self._is_late():
                    break
                time.sleep(PAUSE)
        return self.start()

    def _send_batches(self) -> None:
        while self.watch.ready:
            now = time.monotonic()
            level = self.pace.choose(now, self.lineup.left)
            rows = self.lineup.next_rows(self.pace.fit(now, self.limits.batch_rows))
            if not rows:
                return
            if not self.lineup.flying:
                self.watch.turned()
            self.lineup.flying.append(Batch(rows, level))
            self._tell(level, rows[0].number)
            paths = [row.path[:LONGEST] for row in rows]
            self.worker.send({"paths": paths, "savings": self.limits.savings[:level]})

    def _tell(self, level: int, row: int) -> None:
        """Say what is saved, once for each saving."""
        for name in self.limits.savings[self.told : level]:
            self.log(f"to end in time: {SAVINGS[name]}, first at row {row}", final=True)
        self.told = max(self.told, level)

    def _wait(self) -> None:
        ends = [self.due.deadline] if self.due.deadline else []
        ends += [self.watch.patience] if self._is_waiting() else []
        timeout = max(0.0, min(ends) - time.monotonic()) if ends else None
        worker = self.worker.fileno()
        heard = listen([worker, self.spool.wake], self.output.fileno(), timeout)
        self.spool.clear()
        if worker in heard:
            self._receive()
        elif self._is_waiting() and self.watch.is_over():
            self._bury(self.watch.verdict, self.watch.at[0])
        if self._is_late():
            self.stopping = self.time_up

    def _is_late(self) -> bool:
        return self.due.deadline is not None and time.monotonic() >= self.due.deadline

    def _is_waiting(self) -> bool:
        """Whether the worker owes us anything."""
        return bool(self.lineup.flying) or not self.watch.ready

    def _receive(self) -> None:
        try:
            message = self.worker.receive()
        except (EOFError, OSError, json.JSONDecodeError):
            self._bury("")
            return
        if "note" in message:
            self.log(message["note"])
        elif "beat" in message:
            self.watch.beat(message["row"], message["beat"])
        elif "refused" in message:
            self._refuse(message["refused"])
        elif "ready" in message:
            self.log(f"models ready after {self.watch.loaded():.1f} s")
            self.toll.ready()
        else:
            self._land(message["rows"])

    def _refuse(self, reason: str) -> None:
        """A first worker that will not start is the user's mistake; a later one is a death."""
        if not self.toll.ever_ready:
            raise UserError(reason)
        self._bury(f"it would not start again: {reason}")

    def _land(self, predictions: list[dict[str, Any]]) -> None:
        """Write the answers to the first batch."""
        batch = self.lineup.flying[0]
        if len(predictions) != len(batch.rows):
            self._bury("it answered other rows than it was asked")
            return
        if self.watch.warm:
            self.pace.note(batch.level, len(batch.rows), time.monotonic() - self.watch.since)
        self.watch.warm = True
        self.toll.answered()
        self.watch.turned()  # and goes on while its rows are written
        for prediction in predictions:
            self._answer(batch.rows[0], prediction)
            del batch.rows[0]
        self.lineup.flying.popleft()

    def _answer(self, row: Row, prediction: dict[str, Any]) -> None:
        try:
            self.output.answer(row, prediction)
        except (ValueError, KeyError, TypeError):
            self.output.give_up([row], "the answer was no probability")

    def _bury(self, reason: str, guilty: int | None = None) -> None:
        """The worker is dead or as good as: suspect what it held, and start another.

        guilty: which row of its first batch has done it, where that is known.
        """
        ending = self.worker.end(0 if reason else DYING)
        reason = reason or ending
        killers = self.lineup.crash(guilty)
        self.output.give_up(killers, f"the worker died of it ({reason})")
        if self.toll.died(self.watch.ready, len(killers)):
            self.stopping = f"the worker keeps dying ({reason})"
            return
        self.log(f"the worker ended ({reason}); starting another", final=True)
        self.worker = self._start()
