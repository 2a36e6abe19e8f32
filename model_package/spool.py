"""Lines of a stream, read as they come by a thread and kept on disk until they are taken.

So the length of the input costs no memory, and a slow sender is answered line by line.
"""

import contextlib
import os
import select
import threading

from model_package.contract import split_lines
from model_package.store import Store

CHUNK = 1 << 16
LONGEST = 1 << 13  # bytes of a line that are kept; no system has a path as long


class Spool:
    """Reads `stream`, a file descriptor, until its end; `take` gives its lines in order.

    `wake` is a pipe's reading end that becomes readable when there is news.
    """

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self.store = Store()
        self.written = self.taken = 0  # bytes
        self.came = self.gone = 0  # lines
        self.ended = False
        self.rest = b""
        self.lines: list[bytes] = []
        self.wake, self._signal = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._signal, False)

    def start(self) -> None:
        """Begin to read, in the background."""
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def take(self, most: int) -> list[bytes]:
        """Up to `most` lines that have come and were not taken; never waits."""
        ended = self.ended  # read before the data: what came before it is then all there is
        while len(self.lines) < most and self.taken < self.written:
            data = self.store.read(min(CHUNK, self.written - self.taken))
            self.taken += len(data)
            lines, rest = split_lines(self.rest + data)
            self.lines += (line[:LONGEST] for line in lines)
            self.rest = rest[:LONGEST]
        if ended and self.taken == self.written and self.rest:
            self.lines.append(self.rest)
            self.rest = b""
        taken, self.lines = self.lines[:most], self.lines[most:]
        self.gone += len(taken)
        return taken

    @property
    def waiting(self) -> int:
        """Lines that have come and were not taken."""
        return self.came - self.gone

    @property
    def exhausted(self) -> bool:
        """Whether the stream has ended and every line was taken."""
        return self.ended and self.taken == self.written and not self.rest and not self.lines

    def notify(self) -> None:
        """Make `wake` readable."""
        with contextlib.suppress(BlockingIOError):  # full, so readable already
            os.write(self._signal, b"!")

    def clear(self) -> None:
        """Make `wake` unreadable until the next news."""
        with contextlib.suppress(BlockingIOError):  # empty already
            os.read(self.wake, CHUNK)

    def _read(self) -> None:
        last = b"\n"
        try:
            while data := self._next():
                self.store.append(data)
                self.came += data.count(b"\n")
                self.written += len(data)
                self.notify()
                last = data
            self.came += not last.endswith(b"\n")
        finally:
            self.ended = True
            self.notify()

    def _next(self) -> bytes:
        while True:
            try:
                return os.read(self.stream, CHUNK)
            except BlockingIOError:  # a stream that does not wait by itself
                select.select([self.stream], [], [])
            except OSError:  # a stream that breaks has ended
                return b""
