"""The streams of a run: read as they grow, kept in files of bounded size, looked at at once.

Knows the form of a row (form.py) and nothing of what writes it.
"""

import os
import selectors
import time
from collections.abc import Callable
from typing import BinaryIO, Protocol, TypeVar

from local_test.form import ROW, may_become_row
from local_test.running.subject import Subject

PATIENCE = 0.1  # seconds
BLOCK = 1 << 16
Reason = TypeVar("Reason")


class Sink(Protocol):
    """Takes what a stream brought."""

    def add(self, data: bytes) -> None:
        """So many more bytes have come."""


class Rows:
    """stdout. Right rows are counted; `wrong` from the first bytes that can be none, or are too
    many: then nothing more is kept, for the run is refused and ends."""

    def __init__(self, file: BinaryIO, lines: int) -> None:
        self.file, self.lines = file, lines
        self.done = 0
        self.wrong = False
        self.rest = b""

    def add(self, data: bytes) -> None:
        """Keep it, and look at its lines."""
        if self.wrong:
            return
        self.file.write(data)
        *rows, self.rest = (self.rest + data).split(b"\n")
        for row in rows:
            if self.done == self.lines or not ROW.fullmatch(row):
                self.wrong = True
                return
            self.done += 1
        full = self.done == self.lines
        self.wrong = bool(self.rest) and (full or not may_become_row(self.rest))


class Log:
    """stderr. All bytes are counted, the first `limit` kept."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.file, self.limit = file, limit
        self.bytes = 0

    def add(self, data: bytes) -> None:
        """Keep what there is room for."""
        self.file.write(data[: max(0, self.limit - self.bytes)])
        self.bytes += len(data)

    @property
    def over(self) -> bool:
        """Whether more came than may."""
        return self.bytes > self.limit


def follow(
    subject: Subject,
    rows: Sink,
    log: Sink,
    stop: Callable[[], Reason | None],
    tick: Callable[[], None],
) -> Reason | None:
    """Read both streams until the program has ended, or `stop` gives a reason, which is returned.

    `tick` is called about ten times a second.
    """
    with selectors.DefaultSelector() as waiting:
        for pipe, sink in ((subject.process.stdout, rows), (subject.process.stderr, log)):
            assert pipe is not None
            waiting.register(pipe, selectors.EVENT_READ, sink)
        ticked = 0.0
        while True:
            ended = subject.process.poll() is not None
            busy = _read(waiting)
            if reason := stop():
                return reason
            if ended and not busy:
                return None
            if time.monotonic() - ticked > PATIENCE:
                ticked = time.monotonic()
                tick()


def _read(waiting: selectors.BaseSelector) -> bool:
    """Hand on what has come; False when nothing came within `PATIENCE`, or all is read."""
    if not waiting.get_map():
        time.sleep(PATIENCE)
        return False
    ready = waiting.select(PATIENCE)
    for key, _ in ready:
        data = os.read(key.fd, BLOCK)
        if data:
            key.data.add(data)
        else:
            waiting.unregister(key.fileobj)
    return bool(ready)
