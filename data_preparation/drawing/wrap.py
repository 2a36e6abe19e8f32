"""Breaks text into lines that fit a width and a height, as large as can be.

Chinese breaks between characters, all else at spaces. Knows fonts only by the widths they give.
"""

from collections.abc import Callable
from dataclasses import dataclass

from data_preparation.drawing.fonts import load_font, runs, script

LEADING = 1.28  # distance of two baselines over the size of the font
CLOSING = set("，。！？、；：）》」』”’,.!?;:)")  # never first in a line

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Fitted:
    """Text broken into lines, and the font size at which they fit."""

    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> int:
        """Pixels from the top of the first line to the bottom of the last."""
        return round(len(self.lines) * self.size * LEADING)


def fit(text: str, width: int, height: int, largest: int, smallest: int = 12) -> Fitted:
    """Break `text` so that it fits `width` by `height` pixels, as large as can be."""
    if not text.strip():
        return Fitted((), largest)
    for size in range(largest, smallest, -2):
        measure = measure_at(size)
        fitted = Fitted(tuple(wrap(text, width, measure)), size)
        if fitted.height <= height and max(map(measure, fitted.lines)) <= width:
            return Fitted(_even(text, width, measure, fitted.lines), size)
    return Fitted(tuple(wrap(text, width, measure_at(smallest))), smallest)


def _even(text: str, width: int, measure: Measure, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same number of lines, as narrow as can be: no last line of a single word."""
    for narrow in range(width, width // 2, -8):
        tried = tuple(wrap(text, narrow, measure))
        if len(tried) > len(lines) or max(map(measure, tried)) > narrow:
            break
        lines = tried
    return lines


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """Break `text` into lines no wider than `width`, at spaces or between Chinese characters."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for piece in pieces(paragraph):
            if line and measure((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        lines.append(line.rstrip())
    return [line for line in lines if line]


def pieces(text: str) -> list[str]:
    """The parts of `text` that a line break must not cut; each keeps the spaces after it."""
    found = [""]
    for before, after in zip(" " + text, text, strict=False):
        if _may_break(before, after):
            found.append("")
        found[-1] += after
    return [piece for piece in found if piece.strip()]


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in CLOSING:
        return False
    return before.isspace() or "han" in (script(before), script(after))


def measure_at(size: int) -> Measure:
    """What gives the width in pixels of text at `size`."""
    return lambda text: sum(load_font(key, size).getlength(part) for key, part in runs(text))
