"""Several readers of the same kind, so that several pictures can be read at once.

A reader is not for two threads. One that reads on a single core wastes less of it than one
that shares its work out: two such read 2 pictures in less time than one with both cores.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image

from model_package.ocr import Reader
from model_package.ocr_line import Line


class Lanes:
    """`count` readers, each made by `make` when it is first needed; the first one at once."""

    def __init__(self, make: Callable[[], Reader], count: int) -> None:
        self.make = make
        self.free: queue.LifoQueue[Reader | None] = queue.LifoQueue()
        for _ in range(count - 1):
            self.free.put(None)
        self.free.put(make())

    def read(self, image: Image.Image) -> str:
        """As `Reader.read`; waits while all are reading."""
        with self._reader() as reader:
            return reader.read(image)

    def lines(self, image: Image.Image) -> list[Line]:
        """As `Reader.lines`; waits while all are reading."""
        with self._reader() as reader:
            return reader.lines(image)

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        reader = self.free.get()
        try:
            reader = reader or self.make()
            yield reader
        finally:
            self.free.put(reader)
