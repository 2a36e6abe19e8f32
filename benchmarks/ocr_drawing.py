"""Draws memes for the measure of OCR, in given fonts, as memes come: outlined, barred, cut out.

Knows no engine. The renderer of data_preparation has one font a script; here they change.
"""

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from data_preparation.drawing.fonts import runs
from data_preparation.drawing.wrap import LEADING, wrap

WIDTH = 600
MARGIN = 12
MARK = "imgflip.com"
SIZES = (52, 44, 36, 30)  # of the largest font, in pixels
Fonts = Mapping[str, Path]  # script to the font's file
Colours = tuple[str, str | None]


@dataclass(frozen=True)
class Case:
    """A meme as a PNG file's bytes, and what it says, one line of the picture a line."""

    png: bytes
    text: str


@dataclass(frozen=True)
class Style:
    """capitals: upper case. ink, edge: colours of letters and of their outline.

    prepare: what is done to the photograph first. bars: text stands on white bars beyond it.
    """

    capitals: bool
    ink: str
    edge: str | None
    prepare: Callable[[Image.Image], Image.Image]
    bars: bool = False


def draw(words: tuple[str, str], style: Style, ground: Image.Image, fonts: Fonts, n: int) -> Case:
    """The `n`-th meme: `words` at top and bottom of `ground`, with a site's mark in its corner."""
    image = style.prepare(ground)
    cased = [text.upper() if style.capitals else text for text in words]
    room = image.height * (0.5 if style.bars else 0.3)
    blocks = [_fit(text, fonts, SIZES[n % len(SIZES)], room) for text in cased]
    heights = [round(len(lines) * pen.size * LEADING) + MARGIN for lines, pen in blocks]
    if style.bars:
        image = _between_bars(image, *heights)
    tops = (MARGIN // 2, image.height - heights[1])
    for (lines, pen), top in zip(blocks, tops, strict=True):
        for row, line in enumerate(lines):
            x, y = (image.width - pen.width(line)) / 2, top + (1 + row * LEADING) * pen.size
            pen.write(image, line, (x, y), (style.ink, style.edge))
    mark = Pen(fonts, max(11, image.height // 36))
    mark.write(image, MARK, (4, image.height - 5), ("white", "black"))
    return Case(_png(image, n), "\n".join(line for lines, _ in blocks for line in lines))


@dataclass(frozen=True)
class Pen:
    """Writes at one size, each script in its font."""

    fonts: Fonts
    size: int

    def width(self, text: str) -> float:
        """Pixels."""
        return sum(_font(self.fonts[key], self.size).getlength(part) for key, part in runs(text))

    def write(
        self, image: Image.Image, text: str, start: tuple[float, float], colours: Colours
    ) -> None:
        """One line, from `start` on its baseline; colours: of the letters, of their outline."""
        pen, (x, baseline), (ink, edge) = ImageDraw.Draw(image), start, colours
        stroke = max(1, round(self.size / 14)) if edge else 0
        for key, part in runs(text):
            font = _font(self.fonts[key], self.size)
            pen.text((x, baseline), part, ink, font, "ls", stroke_width=stroke, stroke_fill=edge)
            x += font.getlength(part)


def _fit(text: str, fonts: Fonts, largest: int, room: float) -> tuple[list[str], Pen]:
    """Lines that fit, and what writes them."""
    for size in range(largest, 18, -2):
        pen = Pen(fonts, size)
        lines = wrap(text, WIDTH - 2 * MARGIN, pen.width)
        if len(lines) * size * LEADING <= room:
            break
    return lines, pen


@lru_cache(maxsize=256)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _between_bars(image: Image.Image, above: int, below: int) -> Image.Image:
    taller = Image.new("RGB", (image.width, above + image.height + below), "white")
    taller.paste(image, (0, above))
    return taller


def _png(image: Image.Image, n: int) -> bytes:
    """Two of three photographs have been through JPEG before."""
    quality = (None, 75, 50)[n % 3]
    if quality and image.mode == "RGB":
        noisy = io.BytesIO()
        image.save(noisy, "JPEG", quality=quality)
        image = Image.open(noisy)
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _as_it_is(ground: Image.Image) -> Image.Image:
    return ground.copy()


def _darker(ground: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(ground).enhance(0.45)


def _cut_out(ground: Image.Image) -> Image.Image:
    """An oval of the photograph on a transparent ground."""
    mask = Image.new("L", ground.size, 0)
    box = (ground.width * 0.2, ground.height * 0.15, ground.width * 0.8, ground.height * 0.85)
    ImageDraw.Draw(mask).ellipse(box, 255)
    clear = Image.new("RGBA", ground.size, (0, 0, 0, 0))
    clear.paste(ground, (0, 0), mask)
    return clear


def part_of(photograph: Image.Image, seed: int) -> Image.Image:
    """A part of the photograph, 600 pixels wide, 400 to 600 high."""
    rng = random.Random(seed)
    height = rng.randrange(400, 601, 50)
    scale = min(photograph.width / WIDTH, photograph.height / height) * rng.uniform(0.4, 1)
    width, tall = round(WIDTH * scale), round(height * scale)
    x, y = rng.randint(0, photograph.width - width), rng.randint(0, photograph.height - tall)
    return photograph.crop((x, y, x + width, y + tall)).resize((WIDTH, height)).convert("RGB")


STYLES = {
    "outlined": Style(True, "white", "black", _as_it_is),
    "bars": Style(False, "black", None, _as_it_is, bars=True),
    "clear": Style(True, "white", "black", _cut_out),
    "light": Style(False, "white", None, _darker),
}
