"""Which font draws which characters, and where its file lies; knows nothing of images.

Pillow is imported where it draws, so that fonts can be looked for without it.
"""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from model_package.errors import UserError

if TYPE_CHECKING:
    from PIL import ImageFont

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/Library/Fonts"),
)
TAMIL = re.compile("[\u0b80-\u0bff\u200c\u200d]")
HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")


@dataclass(frozen=True)
class Font:
    """file: its name. index: of the face inside the file. package: Debian's, that holds it."""

    file: str
    package: str
    index: int = 0


FONTS = {
    "latin": Font("NotoSans-Bold.ttf", "fonts-noto-core"),
    "tamil": Font("NotoSansTamil-Bold.ttf", "fonts-noto-core"),
    "han": Font("NotoSansCJK-Bold.ttc", "fonts-noto-cjk", index=2),  # 2 is Simplified Chinese
}


def script(character: str) -> str:
    """The key of `FONTS` that draws `character`."""
    if TAMIL.match(character):
        return "tamil"
    return "han" if HAN.match(character) else "latin"


def runs(text: str) -> list[tuple[str, str]]:
    """`text` cut into (script, piece), in order."""
    return [(key, "".join(group)) for key, group in groupby(text, script)]


@lru_cache(maxsize=256)
def load_font(key: str, size: int) -> "ImageFont.FreeTypeFont":
    """The font of script `key` at `size` pixels. Raises `UserError` when it is not installed."""
    from PIL import ImageFont, features  # noqa: PLC0415

    if key == "tamil" and not features.check("raqm"):
        raise UserError("Pillow has no libraqm, so Tamil would be misspelt; install pillow's wheel")
    font = FONTS[key]
    return ImageFont.truetype(find(font), size, index=font.index)


def find(font: Font) -> Path:
    """The path of `font`'s file: in `MEMESIEVE_FONTS` when that is set, else where systems do."""
    asked = os.environ.get("MEMESIEVE_FONTS")
    for folder in (Path(asked),) if asked else FOLDERS:
        for path in sorted(folder.rglob(font.file)):
            return path
    raise UserError(
        f"the font {font.file} is not installed; run: sudo apt-get install {font.package}"
    )
