"""Tesseract through its C API: reads Tamil lines that another engine found, or whole pages.

Its wheel carries no languages; they are Debian's packages tesseract-ocr-LANGUAGE.
"""

import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from model_package.ocr_line import Box, Found, Line, Pixels
from model_package.ocr_text import HAN, tamil_letters, tamil_share, tidy

FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
LANGUAGES = ("eng", "chi_sim", "msa", "tam")
SURE = 0.88  # no further candidate is tried above this, unless letters seem to be missing
FULL = 0.8  # letters in a length of the line's height: a line with fewer lacks some
DOUBT = 0.7  # below this even a line that is mostly Tamil is taken for junk
MOSTLY = 0.7  # share of Tamil script, below which a line must be sure; so must two letters
TRIES = 3  # pictures of a line, after which there must be a hint of Tamil
HINT, WEAK_HINT = 0.5, 0.3  # how sure a reading must be that is such a hint
FEW = 3  # Tamil letters: noise often looks like so many, so these are no weak hint
SMALLEST = 10  # pixels of height; smaller Tamil is not legible, nor is one letter a line
BETWEEN_HAN = re.compile(rf"(?<={HAN.pattern}) (?={HAN.pattern})")


def find_languages() -> dict[str, Path]:
    """The folder of each of `LANGUAGES` that is installed; TESSDATA_PREFIX comes first."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(folder) for folder in (([prefix] if prefix else []) + list(FOLDERS))]
    found: dict[str, Path] = {}
    for folder in folders:
        for language in LANGUAGES:
            if (folder / f"{language}.traineddata").is_file():
                found.setdefault(language, folder)
    return found


def _weight(line: Line) -> float:
    """Sure readings of many letters win: a reading that lost half of them can be as sure."""
    return (line.score - 0.3) * len(line.text)


def _is_full(line: Line) -> bool:
    return sum(map(str.isalnum, line.text)) >= FULL * line.width / line.height


def _is_tamil(line: Line) -> bool:
    letters = tamil_letters(line.text)
    whole = letters > 2 and tamil_share(line.text) >= MOSTLY
    return letters > 1 and line.score >= (DOUBT if whole else SURE)


def _hints(line: Line) -> bool:
    letters = tamil_letters(line.text)
    least = WEAK_HINT if letters > FEW else HINT
    return letters > 1 and tamil_share(line.text) >= 0.5 and line.score >= least


class TamilLines:
    """Reads one line in Tamil, or in Tamil and English. Not thread-safe.

    languages: the folder of each that is installed; Tamil must be.
    """

    name = "tesseract"

    def __init__(self, languages: dict[str, Path]) -> None:
        import tesserocr  # noqa: PLC0415

        from model_package.ocr_ink import candidates  # noqa: PLC0415 - needs OpenCV

        self.candidates = candidates
        path = languages["tam"]
        spoken = "tam+eng" if languages.get("eng") == path else "tam"
        line_mode = tesserocr.PSM.SINGLE_LINE
        self.engine = tesserocr.PyTessBaseAPI(path=str(path), lang=spoken, psm=line_mode)

    def read_line(self, pixels: Pixels, box: Box) -> Line | None:
        """The Tamil words in `box`; None when they are not Tamil or too doubtful."""
        height, width = box[3] - box[1], box[2] - box[0]
        if height < SMALLEST or width < height:
            return None
        best, hinted = Line("", 0.0, box, self.name), False
        for tried, letters in enumerate(self.candidates(pixels, box), 1):
            line = self._read(letters, box)
            best, hinted = max(best, line, key=_weight), hinted or _hints(line)
            if (best.score > SURE and _is_full(best)) or (tried >= TRIES and not hinted):
                break
        return best if _is_tamil(best) else None

    def _read(self, letters: Pixels, box: Box) -> Line:
        self.engine.SetImage(Image.fromarray(letters))
        text = tidy(self.engine.GetUTF8Text())
        return Line(text, self.engine.MeanTextConf() / 100, box, self.name)


class Pages:
    """Finds and reads the lines of a whole image, where no better engine is. Not thread-safe."""

    name = "tesseract"

    def __init__(self, languages: dict[str, Path]) -> None:
        import tesserocr  # noqa: PLC0415

        self.level = tesserocr.RIL.TEXTLINE
        self.iterate = tesserocr.iterate_level
        folder = next(iter(languages.values()))
        spoken = "+".join(name for name, where in languages.items() if where == folder)
        self.engine = tesserocr.PyTessBaseAPI(
            path=str(folder), lang=spoken, psm=tesserocr.PSM.SPARSE_TEXT
        )

    def lines(self, pixels: Pixels) -> list[Found]:
        """Every line that Tesseract sees; it has read them by then."""
        self.engine.SetImage(Image.fromarray(pixels[..., ::-1].copy()).convert("L"))
        self.engine.Recognize()
        found = self.engine.GetIterator()
        lines = [self._line(part) for part in self.iterate(found, self.level)] if found else []
        return [Found(line.box, partial(replace, line)) for line in lines]

    def _line(self, part: Any) -> Line:
        if part.Empty(self.level):
            return Line("", 0.0, (0, 0, 0, 0), self.name)
        text = BETWEEN_HAN.sub("", tidy(part.GetUTF8Text(self.level)))
        score = part.Confidence(self.level) / 100
        return Line(text, score, part.BoundingBox(self.level), self.name)
