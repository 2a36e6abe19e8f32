"""Held-out memes: Harm-C's validation pictures, and memes drawn here from texts never trained on.

The texts are validation rows of the open corpora, and for Malay, which has none, rows of the
functional exam. Knows nothing of models.
"""

import hashlib
import html
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, zip_longest
from pathlib import Path
from typing import TypeVar

from PIL import Image

from data_preparation.corpora import read_corpus
from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.drawing.wrap import pieces
from data_preparation.record import Record
from data_preparation.registry import find_corpus
from data_preparation.render import Meme, render
from data_preparation.split import NOISE
from local_test.probe import read_probe
from model_package.errors import UserError
from model_package.images import ImageError, load_image
from model_package.profile import Limits

PICTURES = "harmc"
TEXTS = {
    "en": ("davidson", "safenlp"),
    "zh": ("cold", "swsr"),
    "ta": ("hasoc_tamil", "dreamspace_tamil"),
}
SIZE = (600, 450)
SHORTEST, LONGEST = 8, 140  # characters of a text that a meme of this size can show


@dataclass(frozen=True)
class HeldOut:
    """One meme. part: `harmc`, or the language it was drawn in.

    path: of its picture; empty for a drawn one, whose words are `text`, on a ground by `seed`.
    """

    id: str
    part: str
    label: int
    path: str = ""
    text: str = ""
    seed: int = 0


Row = TypeVar("Row", Record, HeldOut)


def gather(root: Path, each: int, seed: int) -> list[HeldOut]:
    """Harm-C's validation memes, and `each` drawn ones a language, half of them harmful.

    The parts alternate, so that any first few are of every kind; `seed` chooses the rows.
    """
    held = read_corpus(find_corpus(PICTURES), root).validation
    parts = [[_pictured(row, root) for row in shuffled(held, seed)]]
    texts = {name: _texts(corpora, root) for name, corpora in TEXTS.items()}
    for part, rows in {**texts, "ms": read_probe("ms")}.items():
        parts.append(list(choose(part, rows, each, seed)))
    alternating = chain.from_iterable(zip_longest(*parts))
    return [meme for meme in alternating if meme is not None]


def choose(part: str, rows: Iterable[Record], each: int, seed: int) -> Iterator[HeldOut]:
    """Harmful and benign rows by turns, `each` in all where there are so many of both."""
    drawn = [_drawn(row, part, seed) for row in rows]
    fitting = [meme for meme in shuffled(drawn, seed) if SHORTEST <= len(meme.text) <= LONGEST]
    sides = ([meme for meme in fitting if meme.label == label] for label in (1, 0))
    pairs = list(zip(*sides, strict=False))
    yield from list(chain.from_iterable(pairs))[:each]


def shuffled(rows: Iterable[Row], seed: int) -> list[Row]:
    """`rows` in an order that depends on `seed` and on their ids alone."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{seed} {row.id}".encode()).digest())


def drawable(text: str) -> str:
    """`text` less links, names of users, and all that a font for reading cannot draw."""
    text = html.unescape(unicodedata.normalize("NFC", text))
    text = re.sub(NOISE.pattern, " ", text, flags=re.IGNORECASE)
    kept = (c if unicodedata.category(c)[0] in "LMNP" else " " for c in text)
    return " ".join("".join(kept).split())


def picture(meme: HeldOut, limits: Limits) -> Image.Image:
    """The meme's pixels, RGB; a drawn one is the same at each call."""
    if meme.path:
        try:
            return load_image(meme.path, limits)
        except ImageError as error:
            raise UserError(f"{meme.path}: {error}; is CORPORA_DIR whole?") from error
    rng = random.Random(f"{meme.seed} {meme.id}")
    ground = GROUNDS[rng.choice(sorted(GROUNDS))](SIZE, rng.randrange(2**31))
    size, jpeg = rng.choice((52, 44, 36)), rng.choice((None, 75, 50))
    return render(Meme(*halves(meme.text), size=size, jpeg=jpeg), ground).image


def halves(text: str) -> tuple[str, str]:
    """`text` cut where lines may break, as near its middle as can be: what is above, and below."""
    ends = accumulate(map(len, pieces(text)))
    cut = min(ends, key=lambda end: abs(end - len(text) / 2), default=0)
    return text[:cut].strip(), text[cut:].strip()


def _texts(corpora: Sequence[str], root: Path) -> list[Record]:
    return [row for name in corpora for row in read_corpus(find_corpus(name), root).validation]


def _pictured(row: Record, root: Path) -> HeldOut:
    return HeldOut(row.id, PICTURES, row.label or 0, str(root / (row.image or "")))


def _drawn(row: Record, part: str, seed: int) -> HeldOut:
    return HeldOut(row.id, part, row.label or 0, "", drawable(row.text or ""), seed)
