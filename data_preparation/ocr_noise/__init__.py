"""Noise as OCR makes it: learned from drawn memes that OCR read, applied to texts without one.

Most texts come back whole and some come back badly: a text meets the fate of one of the memes seen.
"""

import random
from functools import cache
from pathlib import Path

from data_preparation.ocr_noise.spoil import Spoiler
from data_preparation.ocr_noise.table import read_table

TABLE = Path(__file__).parent / "table.json"


def apply(text: str, language: str, seed: int) -> str:
    """`text` as OCR would read it from a meme, one line of the picture a line; may be empty.

    The same text, language and seed give the same reading. A language that was not learned is
    taken to be a mixture.
    """
    rng = random.Random(f"ocr noise {seed}")
    spoiler = _spoiler()
    return spoiler.spoil(text, rng.choice(spoiler.fates(language)), rng)


@cache
def _spoiler() -> Spoiler:
    return Spoiler(read_table(TABLE))
