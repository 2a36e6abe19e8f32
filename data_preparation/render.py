"""Draws a meme from its words: on a given picture, at top, bottom or below, as memes are written.

Knows nothing of records, labels or OCR. The same meme and picture give the same pixels.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from data_preparation.drawing.fonts import load_font, runs
from data_preparation.drawing.wrap import LEADING, Fitted, fit, measure_at

MARGIN = 12  # pixels left free at the picture's edges

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Meme:
    """What to write, and how.

    top, bottom: over the picture. below: on a white strip added under it.
    ink: `outlined` (white with a black outline), `dark` or `light` (plain).
    capitals: upper case, as memes have. size: the largest font in pixels. share: of the
    picture's height that top, and bottom, may each fill. watermark: small, in a lower corner.
    jpeg: quality from 1 to 95 of a JPEG round trip, which leaves its noise; None for none.
    """

    top: str = ""
    bottom: str = ""
    below: str = ""
    ink: str = "outlined"
    capitals: bool = True
    size: int = 52
    share: float = 0.34
    watermark: str = ""
    jpeg: int | None = None


@dataclass(frozen=True)
class Line:
    """One line as it was drawn, and its box in pixels: left, top, right, bottom."""

    text: str
    box: Box


@dataclass(frozen=True)
class Drawn:
    """The picture and the truth about it; `lines` run from top to bottom, without the watermark."""

    image: Image.Image
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """What an ideal reader would read: one line of the picture a line."""
        return "\n".join(line.text for line in self.lines)


def render(meme: Meme, picture: Image.Image) -> Drawn:
    """Write `meme` on a copy of `picture` (RGB or RGBA; the mode is kept)."""
    image = picture.copy()
    width, height = image.width - 2 * MARGIN, image.height
    cased = str.upper if meme.capitals else str
    room = round(height * meme.share)
    top, bottom = (fit(cased(text), width, room, meme.size) for text in (meme.top, meme.bottom))
    lines = _write(image, top, MARGIN // 2, meme.ink)
    lines += _write(image, bottom, height - bottom.height - MARGIN, meme.ink)
    if meme.below:
        below = fit(meme.below, width, height, round(meme.size * 0.75))
        image = _add_strip(image, below.height + 2 * MARGIN)
        lines += _write(image, below, height + MARGIN, "dark")
    if meme.watermark:
        _mark(image, meme.watermark)
    return Drawn(image if meme.jpeg is None else through_jpeg(image, meme.jpeg), tuple(lines))


def through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    """`image` with the noise of JPEG at `quality`; an alpha channel is kept as it was."""
    stream = io.BytesIO()
    image.convert("RGB").save(stream, "JPEG", quality=quality)
    noisy = Image.open(stream).convert(image.mode)
    if image.mode == "RGBA":
        noisy.putalpha(image.getchannel("A"))
    return noisy


def _write(image: Image.Image, fitted: Fitted, top: int, ink: str) -> list[Line]:
    step = fitted.size * LEADING
    return [
        _write_line(image, line, fitted.size, round(top + n * step), ink)
        for n, line in enumerate(fitted.lines)
    ]


def _write_line(image: Image.Image, text: str, size: int, top: int, ink: str) -> Line:
    width = measure_at(size)(text)
    left, baseline = (image.width - width) / 2, top + size
    _draw_runs(image, text, size, (left, baseline), ink)
    return Line(text, (round(left), top, round(left + width), round(top + size * LEADING)))


def _draw_runs(
    image: Image.Image, text: str, size: int, start: tuple[float, float], ink: str
) -> None:
    draw = ImageDraw.Draw(image)
    stroke = max(1, round(size / 14)) if ink == "outlined" else 0
    fill = "black" if ink == "dark" else "white"
    x, baseline = start
    for key, part in runs(text):
        font = load_font(key, size)
        draw.text((x, baseline), part, fill, font, "ls", stroke_width=stroke, stroke_fill="black")
        x += font.getlength(part)


def _add_strip(image: Image.Image, height: int) -> Image.Image:
    taller = Image.new(image.mode, (image.width, image.height + height), "white")
    taller.paste(image, (0, 0))
    return taller


def _mark(image: Image.Image, text: str) -> None:
    size = max(10, image.height // 36)
    _draw_runs(image, text, size, (4, image.height - 5), "light")
