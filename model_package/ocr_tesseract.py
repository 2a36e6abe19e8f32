"""Tesseract through its C API: reads Tamil lines that another engine found, or whole pages.

Its wheel carries no languages; they are Debian's packages tesseract-ocr-LANGUAGE.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from model_package.ocr_line import Box, Line, Pixels
from model_package.ocr_text import tamil_share, tidy

FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
LANGUAGES = ("eng", "chi_sim", "msa", "tam")
SURE = 0.88  # no further candidate is tried above this
DOUBT = 0.6  # below this a reading is taken for junk
MOSTLY = 0.6  # share of Tamil letters in a Tamil line


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


class TamilLines:
    """Reads one line in Tamil. Not thread-safe."""

    name = "tesseract"

    def __init__(self, folder: Path) -> None:
        import tesserocr  # noqa: PLC0415

        line_mode = tesserocr.PSM.SINGLE_LINE
        self.engine = tesserocr.PyTessBaseAPI(path=str(folder), lang="tam", psm=line_mode)

    def read_line(self, pixels: Pixels, box: Box) -> Line | None:
        """The Tamil words in `box`; None when they are not Tamil or too doubtful."""
        from model_package.ocr_ink import candidates  # noqa: PLC0415 - needs OpenCV

        best = Line("", 0.0, box, self.name)
        for letters in candidates(grey(pixels), box):
            best = max(best, self._read(letters, box), key=_weight)
            if best.score > SURE:
                break
        return best if best.score >= DOUBT and tamil_share(best.text) >= MOSTLY else None

    def _read(self, letters: Pixels, box: Box) -> Line:
        self.engine.SetImage(Image.fromarray(letters))
        text = tidy(self.engine.GetUTF8Text())
        return Line(text, self.engine.MeanTextConf() / 100, box, self.name)


class Pages:
    """Finds and reads lines in a whole image; the only engine where RapidOCR is not."""
