"""Keeps the promise of one row a line while the worker may die or hang; knows no models.

The worker gets rows in batches and answers them in order. When it dies, it is started again,
and the rows it held are sent one at a time: the one that kills it twice, alone, gets the
fallback. When the time is up, or workers die again and again without an answer, the fallback
stands for all that is left.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from model_package.ending import give_up_rest
from model_package.errors import UserError
from model_package.lineup import Batch, Lineup
from model_package.lookout import listen
from model_package.pace import Pace
from model_package.post import Lost, Post
from model_package.profile import SAVINGS
from model_package.promise import Limits, Log, Output, Row, Unwritten, Worker
from model_package.spool import Spool

LONGEST = 5000  # characters of a path that are sent; no system opens a longer one


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
        self.spool, self.output, self.log = spool, output, log
        self.limits, self.due = limits, limits.due
        self.lineup = Lineup(spool)
        self.post = Post(start, limits, log)
        self.pace = Pace(len(limits.savings), time.monotonic(), self.due.deadline)
        self.told = 0  # the highest level of saving that was spoken of
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
        self.post.fill()
        try:
            while not (self.lineup.done or self.stopping):
                self._send_batches()
                self._wait()
        finally:
            self.post.worker.kill()
            later.callback(self._part)

    def _part(self) -> None:
        if self.due.end is None or time.monotonic() < self.due.end:
            self.post.worker.end()

    def stop(self, reason: str, grace: float, rest: float) -> None:
        """Answer no more than what is in flight, and that for `grace` seconds; write the rest
        in `rest` further ones.

        Safe to call from a signal handler.
        """
        now = time.monotonic()
        self.due.hasten(now + grace, now + grace + rest)
        self.time_up = reason
        self.stopped = True
        self.spool.notify()

    def _send_batches(self) -> None:
        while self.post.watch.ready and not self.stopped:
            now = time.monotonic()
            level = self.pace.choose(now, self.lineup.left)
            rows = self.lineup.next_rows(self.pace.fit(now, self.limits.batch_rows))
            if not rows:
                return
            if not self.lineup.flying:
                self.post.watch.turned()
            self.lineup.flying.append(Batch(rows, level))
            self._tell(level, rows[0].number)
            paths = [row.path[:LONGEST] for row in rows]
            self.post.worker.send({"paths": paths, "savings": self.limits.savings[:level]})

    def _tell(self, level: int, row: int) -> None:
        """Say what is saved, once for each saving."""
        for name in self.limits.savings[self.told : level]:
            self.log(f"to end in time: {SAVINGS[name]}, first at row {row}", final=True)
        self.told = max(self.told, level)

    def _wait(self) -> None:
        self.due.make_room(self.lineup.left)
        owes = bool(self.lineup.flying) or not self.post.watch.ready
        worker = self.post.worker.fileno()
        heard = listen([worker, self.spool.wake], self.output.fileno(), self._patience(owes))
        self.spool.clear()
        try:
            if worker in heard:
                self._land(self.post.receive())
            elif owes:
                self.post.look()
        except Lost as loss:
            self._replace(loss)
        if self.due.is_late() or (self.stopped and not self.lineup.flying):
            self.stopping = self.time_up

    def _patience(self, owes: bool) -> float | None:
        """Seconds to wait for news; None for ever. owes: whether the worker owes us anything."""
        ends = [latest] if (latest := self.due.latest) else []
        ends += [self.post.next_look] if owes else []
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _land(self, message: dict[str, Any]) -> None:
        """Write the answers to the first batch, if the message holds them."""
        if "rows" not in message:
            return
        predictions, watch = message["rows"], self.post.watch
        batch = self.lineup.flying[0] if self.lineup.flying else None
        if batch is None or len(predictions) != len(batch.rows):
            raise Lost("it answered other rows than it was asked")
        if watch.warm:
            self.pace.note(batch.level, len(batch.rows), time.monotonic() - watch.since)
        watch.warm = True
        self.post.toll.answered()
        watch.turned()  # and goes on while its rows are written
        for prediction in predictions:
            self._answer(batch.rows[0], prediction)
            del batch.rows[0]
        self.lineup.flying.popleft()

    def _answer(self, row: Row, prediction: dict[str, Any]) -> None:
        try:
            self.output.answer(row, prediction)
        except (ValueError, KeyError, TypeError):
            self.output.give_up([row], "the answer was no probability")

    def _replace(self, loss: Lost) -> None:
        """Suspect what a lost worker held, and start another."""
        reason = self.post.bury(loss)
        killers = self.lineup.crash(loss.guilty)
        self.output.give_up(killers, f"the worker died of it ({reason})")
        if self.post.toll.died(self.post.watch.ready, len(killers)):
            self.stopping = f"the worker keeps dying ({reason})"
            return
        self.log(f"the worker ended ({reason}); starting another", final=True)
        self.post.fill()
