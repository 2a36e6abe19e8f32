"""Draws memes that are hard to read: small, coarse, pale, crooked, on busy grounds.

Knows nothing of OCR. Words are the grammar's, also in two languages at once. The same number
gives the same meme.
"""

import random
from collections.abc import Sequence

from PIL import Image, ImageEnhance

from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.grammar import Item, items
from data_preparation.ocr_noise.table import MIXED, WATERMARK
from data_preparation.render import Drawn, Meme, render, through_jpeg
from model_package.ocr_text import tidy

LANGUAGES = ("en", "zh", "ms", "ta", MIXED)
WIDTHS = (200, 280, 360, 480, 600, 600, 720)
QUALITIES = (95, 85, 75, 50, 30, 15)
INKS = ("outlined", "outlined", "dark", "light")


def draw(language: str, seed: int) -> Drawn:
    """A meme in `language`; its truth is in composed characters."""
    rng = random.Random(f"{language} {seed}")
    width = rng.choice(WIDTHS)
    ground = GROUNDS[rng.choice(sorted(GROUNDS))]
    picture = ground((width, round(width * rng.uniform(0.6, 1.3))), seed)
    drawn = render(_meme(words(language, rng), width, rng), picture)
    return Drawn(worsen(drawn.image, rng), drawn.lines)


def truth(drawn: Drawn) -> str:
    """What an ideal reader reads, in the form that OCR gives: one line of the picture a line."""
    return "\n".join(filter(None, (tidy(line.text) for line in drawn.lines)))


def words(language: str, rng: random.Random) -> tuple[str, str]:
    """Top and bottom of a meme of the grammar, drawn with `rng`."""
    if language != MIXED:
        return _halves(rng.choice(_items(language)))
    first, second = rng.sample(LANGUAGES[:-1], 2)
    number = rng.randrange(len(_items(first)))
    tops, bottoms = _halves(_items(first)[number]), _halves(_items(second)[number])
    return tops[0], bottoms[1] or bottoms[0]


def worsen(image: Image.Image, rng: random.Random) -> Image.Image:
    """`image` as it looks once it was passed on: as it was, or pale, coarse, crooked."""
    if rng.random() < 0.5:
        image = ImageEnhance.Contrast(image).enhance(rng.uniform(0.08, 0.5))
    if rng.random() < 0.5:
        share = rng.uniform(0.25, 0.8)
        small = image.resize((round(image.width * share), round(image.height * share)))
        image = small.resize(image.size) if rng.random() < 0.5 else small
    if rng.random() < 0.2:
        image = image.rotate(rng.uniform(-5, 5), Image.Resampling.BICUBIC, expand=True)
    return through_jpeg(image, rng.choice(QUALITIES))


def _meme(halves: tuple[str, str], width: int, rng: random.Random) -> Meme:
    top, bottom = halves
    under = rng.random() < 0.15
    return Meme(
        top=top,
        bottom="" if under else bottom,
        below=bottom if under else "",
        ink=rng.choice(INKS),
        capitals=rng.random() < 0.5,
        size=max(12, round(width * rng.uniform(0.035, 0.09))),
        watermark=WATERMARK if rng.random() < 0.3 else "",
    )


def _items(language: str) -> Sequence[Item]:
    return tuple(items(language))


def _halves(item: Item) -> tuple[str, str]:
    top, _, bottom = item.text.partition("\n")
    return top, bottom
