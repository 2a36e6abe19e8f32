"""Lines of a stream, read as they come by a thread and kept on disk until they are taken.

So the length of the input costs no memory, and a slow sender is answered line by line.
"""

import contextlib
import os
import tempfile
import threading

from model_package.contract import split_lines

CHUNK = 1 << 16


class Spool:
    """Reads `stream`, a file descriptor, until its end; `take` gives its lines in order.

    `wake` is a pipe's reading end that becomes readable when there is news.
    """

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (closed with the process)
        self.written = 0
        self.taken = 0
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
            size = max(CHUNK, len(self.rest))  # doubling, so that an endless line costs linear time
            data = os.pread(self.file.fileno(), size, self.taken)[: self.written - self.taken]
            self.taken += len(data)
            lines, self.rest = split_lines(self.rest + data)
            self.lines += lines
        if ended and self.taken == self.written and self.rest:
            self.lines.append(self.rest)
            self.rest = b""
        taken, self.lines = self.lines[:most], self.lines[most:]
        return taken

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
        while data := self._next():
            written = 0
            while written < len(data):
                written += os.pwrite(self.file.fileno(), data[written:], self.written + written)
            self.written += len(data)
            self.notify()
        self.ended = True
        self.notify()

    def _next(self) -> bytes:
        try:
            return os.read(self.stream, CHUNK)
        except OSError:  # a stream that breaks has ended
            return b""
