"""The post that one worker after the other holds: filled, listened to, watched; knows no rows."""

import time
from collections.abc import Callable
from typing import Any

from model_package.errors import UserError
from model_package.promise import Limits, Log, Worker
from model_package.toll import Toll
from model_package.watch import Watch

DYING = 1.0  # seconds that a worker which closed its connection may take to die
TRIES = 10  # to start a process, where none can be had just now
PAUSE = 0.5  # seconds between them
SLICE = 0.1  # seconds of a pause after which it is asked whether time is up
LOOK = 1.0  # seconds after which a silent worker is looked at again


class Lost(Exception):
    """The worker is dead or as good as; `str` of it is why, empty where its end will tell.

    guilty: which row of its first batch has done it, where that is known.
    """

    def __init__(self, reason: str = "", guilty: int | None = None) -> None:
        super().__init__(reason)
        self.guilty = guilty


class Post:
    """`start` makes a worker; `fill` before anything else."""

    def __init__(self, start: Callable[[], Worker], limits: Limits, log: Log) -> None:
        self.start, self.due, self.log = start, limits.due, log
        self.watch, self.toll = Watch(limits), Toll()

    def fill(self) -> None:
        """Start a worker, in the place of a dead one."""
        end = time.monotonic() + self.toll.pause
        while time.monotonic() < end and not self.due.is_late():
            time.sleep(SLICE)
        self.watch.started()
        self.worker = self._start()

    def _start(self) -> Worker:
        for _ in range(TRIES):
            try:
                return self.start()
            except (OSError, RuntimeError):  # no memory, process or thread to be had just now
                if self.due.is_late():
                    break
                time.sleep(PAUSE)
        return self.start()

    def receive(self) -> dict[str, Any]:
        """The next message, which may be for us alone.

        Raises `Lost`; and UserError where the first worker tells that it cannot start.
        """
        try:
            message = self.worker.receive()
        except (EOFError, OSError, ValueError, TypeError):
            raise Lost from None
        if "beat" in message:
            self.watch.beat(message["row"], message["beat"])
        elif "note" in message:
            self.log(message["note"])
        elif "ready" in message:
            self.log(f"models ready after {self.watch.loaded():.1f} s")
            self.toll.ready()
        elif "refused" in message:
            self._refuse(message["refused"])
        return message

    def _refuse(self, reason: str) -> None:
        """A first worker that will not start is the user's mistake; a later one is a death."""
        if not self.toll.ever_ready:
            raise UserError(reason)
        raise Lost(f"it would not start again: {reason}")

    @property
    def next_look(self) -> float:
        """When to look again at one that is silent."""
        return min(self.watch.end, time.monotonic() + LOOK)

    def look(self) -> None:
        """At one that owes us something and is silent. Raises `Lost` when it has hung."""
        if self.worker.works():
            self.watch.works()
        if self.watch.is_over():
            raise Lost(self.watch.verdict, self.watch.at[0])

    def bury(self, loss: Lost) -> str:
        """End the worker; why it was lost."""
        ending = self.worker.end(0 if str(loss) else DYING)
        return str(loss) or ending
