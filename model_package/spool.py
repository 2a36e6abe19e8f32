"""Lines of a stream, read as they come by a thread and kept on disk until they are taken.

So the length of the input costs no memory, and a slow sender is answered line by line.
"""

import contextlib
import os
import select
import tempfile
import threading
from typing import IO

from model_package.contract import split_lines

CHUNK = 1 << 16
LONGEST = 1 << 13  # bytes of a line that are kept; no system has a path as long


class Spool:
    """Reads `stream`, a file descriptor, until its end; `take` gives its lines in order.

    `wake` is a pipe's reading end that becomes readable when there is news.
    """

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self.store = Store()
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
            data = self.store.read(self.taken, min(CHUNK, self.written - self.taken))
            self.taken += len(data)
            lines, rest = split_lines(self.rest + data)
            self.lines += lines
            self.rest = rest[:LONGEST]
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
        try:
            while data := self._next():
                self.store.append(data)
                self.written += len(data)
                self.notify()
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


class Store:
    """Bytes in the order they came: in a file without a name, in memory where none can be had."""

    def __init__(self) -> None:
        self.memory = bytearray()
        self.filed = 0  # bytes that are in the file; those after them are in memory
        try:
            # Closed with the process.
            self.file: IO[bytes] | None = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        except OSError:
            self.file = None

    def append(self, data: bytes) -> None:
        """Add `data` at the end."""
        while data and self.file is not None and not self.memory:
            try:
                count = os.pwrite(self.file.fileno(), data, self.filed)
            except OSError:  # the disk is full
                break
            self.filed += count
            data = data[count:]
        self.memory += data

    def read(self, start: int, most: int) -> bytes:
        """Up to `most` bytes from `start`; at least one, where there is one."""
        if start < self.filed and self.file is not None:
            return os.pread(self.file.fileno(), min(most, self.filed - start), start)
        return bytes(self.memory[start - self.filed : start - self.filed + most])
