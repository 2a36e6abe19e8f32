"""The values that the parts of the OCR stage hand each other; no engine is known here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width) in grey, or (height, width, 3) in blue, green, red
Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the image


class Boxed:
    """What stands in a box of an image."""

    box: Box

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True)
class Line(Boxed):
    """One line of words in an image.

    score: how sure the engine is, from 0 to 1; engines differ in what they call sure.
    """

    text: str
    score: float
    box: Box
    engine: str


@dataclass(frozen=True)
class Found(Boxed):
    """A line that an engine found. read: by that engine, which costs more than to find it."""

    box: Box
    read: Callable[[], Line]


class LineFinder(Protocol):
    """Finds lines, and reads those that it is asked to; `name` is the engine's."""

    name: str

    def lines(self, pixels: Pixels) -> list[Found]:
        """The lines of an image, in any order; one it cannot read is read with a low score."""


class LineReader(Protocol):
    """Reads one line that another engine found and could not read."""

    def read_line(self, pixels: Pixels, box: Box) -> Line | None:
        """The line in `box` of the image, or None when it is not in this reader's script."""
