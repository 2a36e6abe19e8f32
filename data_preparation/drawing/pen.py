"""Lines, ovals and boxes with a dark edge, for drawing cartoons in code.

Coordinates are shares of the picture's height, seen from its middle: x runs from about -0.67 to
0.67 in a 4:3 picture, y from 0 at the top to 1 at the bottom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import ImageDraw

INK = (40, 36, 44)

Point = tuple[float, float]


@dataclass(frozen=True)
class Pen:
    """Draws in shares of `unit` (the height in pixels) from the middle of a picture."""

    draw: ImageDraw.ImageDraw
    middle: float
    unit: float

    def oval(self, at: Point, radii: Point, fill: Any) -> None:
        """An oval around `at`, with a dark edge."""
        self.draw.ellipse(self._corners(at, radii), fill, INK, self._thick())

    def box(self, at: Point, half: Point, fill: Any, round: float = 0.02) -> None:
        """A rounded box around `at`, with a dark edge; `half` its width and its height."""
        corners = self._corners(at, half)
        self.draw.rounded_rectangle(corners, round * self.unit, fill, INK, self._thick())

    def shape(self, points: Sequence[Point], fill: Any) -> None:
        """A filled polygon with a dark edge."""
        self.draw.polygon(self._at(points), fill, INK, self._thick())

    def line(self, *points: Point, fill: Any = INK, thick: float = 0.012) -> None:
        """A bent line."""
        self.draw.line(self._at(points), fill, max(1, round(thick * self.unit)), joint="curve")

    def arc(self, at: Point, radii: Point, start: float, end: float) -> None:
        """Part of an oval's edge, in degrees clockwise from the right."""
        self.draw.arc(self._corners(at, radii), start, end, INK, self._thick())

    def _corners(self, at: Point, half: Point) -> list[Point]:
        (x, y), (rx, ry) = at, half
        return self._at([(x - rx, y - ry), (x + rx, y + ry)])

    def _at(self, points: Sequence[Point]) -> list[Point]:
        return [(self.middle + x * self.unit, y * self.unit) for x, y in points]

    def _thick(self) -> int:
        return max(1, round(0.009 * self.unit))
