"""Two engines on one picture: which of them reads a line; knows neither engine.

The first finds lines, and what it reads with doubt the second tries. Once that has read a line, it
is asked first: for both to read each line takes twice the time, and what the first one is sure of
may be half a line in the other script.
"""

from dataclasses import replace

from model_package.ocr_line import Box, Found, Line, LineReader, Pixels
from model_package.ocr_text import SMALL, SURE, is_junk, without_watermark

CERTAIN = 0.97  # RapidOCR's score of numbers and short words; of Tamil it was 0.95 at most
PATIENCE = 6  # lines of a kind, in a row, that are not Tamil, after which no more are tried


class Pair:
    """On one picture. second: reads what the first engine doubts, if there is one.

    foreign: whether it has read a line.
    """

    def __init__(self, pixels: Pixels, second: LineReader | None) -> None:
        self.pixels, self.second = pixels, second
        self.foreign = False
        self.misses = {"unread": 0, "doubtful": 0}  # the many of one kind must not hide the other
        self.tried: set[Box] = set()

    def read(self, found: list[Found]) -> list[Line]:
        """Those lines, each by one engine.

        The largest are read first, for a meme's words are larger than what only looks like words.
        """
        ordered = sorted(found, key=lambda one: -one.width * one.height)
        lines = [self._read(one) for one in ordered]
        return [self._again(line) for line in lines] if self.foreign else lines

    def _read(self, found: Found) -> Line:
        """A small line may be a site's mark, which would take the second engine long."""
        tall = found.height > SMALL * self.pixels.shape[0]
        foreign = self._try(found.box, "unread") if self.foreign and tall else None
        return foreign or self._again(found.read())

    def _again(self, line: Line) -> Line:
        """The second engine's reading of it, where that is called for and comes to something."""
        kind = "doubtful" if _is_doubtful(line) else "unread"
        called = self.foreign or kind == "doubtful"
        if not called or is_mark(line, self.pixels.shape[0]):
            return line
        return self._try(line.box, kind) or line

    def _try(self, box: Box, kind: str) -> Line | None:
        if self.second is None or box in self.tried or self.misses[kind] >= PATIENCE:
            return None
        self.tried.add(box)
        line = self.second.read_line(self.pixels, box)
        self.misses[kind] = 0 if line else self.misses[kind] + 1
        self.foreign = self.foreign or line is not None
        return line


def _is_doubtful(line: Line) -> bool:
    return line.score < SURE or (line.score < CERTAIN and is_junk(line.text))


def is_mark(line: Line, height: int) -> bool:
    """Whether it says nothing but a site's mark, in a picture of `height`."""
    return bool(line.text.strip()) and not unmark(line, height).text


def unmark(line: Line, height: int) -> Line:
    """`line` less a site's mark."""
    return replace(
        line, text=without_watermark(line.text, line.height / height, line.box[1] / height)
    )
