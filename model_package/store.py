"""Bytes on their way from one thread to another: on disk, or few of them in memory."""

import os
import tempfile
import threading
from typing import IO

IN_MEMORY = 16 * 2**20  # bytes that are kept where no disk can be had
MUCH = 16 * 2**20  # bytes in the file, after which it is emptied once all of them were read


class Store:
    """Bytes in the order they came, each read once.

    They lie in a file without a name. Where none can be had, or its disk is full, they lie in
    memory, and `append` waits there until enough of them were read.
    """

    def __init__(self) -> None:
        self.memory = bytearray()  # comes after all that is in the file
        self.filed = self.read_of_file = 0
        self.change = threading.Condition()
        try:
            # Closed with the process.
            self.file: IO[bytes] | None = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        except OSError:
            self.file = None

    def append(self, data: bytes) -> None:
        """Add `data` at the end."""
        with self.change:
            if not self.memory:
                data = self._file(data)
            self.memory += data
            self.change.wait_for(lambda: len(self.memory) < IN_MEMORY)

    def _file(self, data: bytes) -> bytes:
        """Put `data` into the file; what did not go in."""
        try:
            while data and self.file is not None:
                count = os.pwrite(self.file.fileno(), data, self.filed)
                self.filed += count
                data = data[count:]
        except OSError:  # the disk is full
            pass
        return data

    def read(self, most: int) -> bytes:
        """The next bytes, up to `most`; at least one, where there is one."""
        with self.change:
            if self.file is not None and self.read_of_file < self.filed:
                return self._read_file(self.file.fileno(), most)
            data = bytes(self.memory[:most])
            del self.memory[:most]
            self.change.notify()
            return data

    def _read_file(self, file: int, most: int) -> bytes:
        data = os.pread(file, min(most, self.filed - self.read_of_file), self.read_of_file)
        self.read_of_file += len(data)
        if self.read_of_file == self.filed > MUCH:
            os.ftruncate(file, 0)
            self.filed = self.read_of_file = 0
        return data
