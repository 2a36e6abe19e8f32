"""Reads what a meme says: finds its lines, gives each to an engine that can read its script.

RapidOCR finds lines in any script and reads Latin letters and Chinese. What it reads with doubt
goes to the Tamil reader (ocr_pair.py), and is dropped when that cannot read it either and it is no
words. Each line is read once in the result. Knows nothing of policies or models.
"""

import importlib.util
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from model_package.errors import UserError
from model_package.ocr_line import Line, LineFinder, LineReader, Pixels
from model_package.ocr_pair import Pair, is_mark, unmark
from model_package.ocr_rapid import Rapid
from model_package.ocr_rows import in_rows
from model_package.ocr_tesseract import Pages, TamilLines, find_languages
from model_package.ocr_text import SURE, is_junk
from model_package.profile import Ocr

__all__ = ["Line", "Reader", "make_reader"]

ENGINES = ("rapidocr", "tesseract")
TINY = 400  # pixels: images whose long side is under this are read at twice their size
log = logging.getLogger(__name__)


class Reader:
    """Reads images one at a time; the same image gives the same lines. Not thread-safe.

    finder: finds and reads lines. second: reads those that `finder` doubts, if there is one.
    min_score: lines of which their engine is less sure than this are dropped.
    """

    def __init__(self, finder: LineFinder, second: LineReader | None, min_score: float) -> None:
        self.finder = finder
        self.second = second
        self.min_score = min_score

    def read(self, image: Image.Image) -> str:
        """What `image` (RGB) says, one line of the picture a line; empty when it says nothing."""
        return "\n".join(line.text for line in self.lines(image))

    def lines(self, image: Image.Image) -> list[Line]:
        """The lines of `image` (RGB), in reading order. Raises what engines raise, anything."""
        factor = 2 if max(image.size) < TINY else 1
        larger = image.convert("RGB").resize((image.width * factor, image.height * factor))
        pixels = np.ascontiguousarray(np.asarray(larger, np.uint8)[..., ::-1])
        return [_shrink(line, factor) for line in self._read(pixels)]

    def _read(self, pixels: Pixels) -> list[Line]:
        height, pair = pixels.shape[0], Pair(pixels, self.second)
        lines = pair.read([one for one in self.finder.lines(pixels) if one.height > 0])
        words = [line for line in lines if not is_mark(line, height)]
        rows = in_rows([line for line in words if self._is_kept(line, pair.foreign)])
        unmarked = (unmark(line, height) for line in rows)
        return [line for line in unmarked if any(map(str.isalnum, line.text))]

    def _is_kept(self, line: Line, foreign: bool) -> bool:
        """foreign: other lines are in a script that only the second engine reads."""
        if line.engine != self.finder.name or line.score >= SURE:
            return True
        return line.score >= self.min_score and not foreign and not is_junk(line.text)


def make_reader(settings: Ocr, threads: int) -> Reader:
    """Load the engines that `settings` names; one that is not installed is noted and left out.

    threads: the most that RapidOCR may use; Tesseract uses one. Raises `UserError` when an
    engine is unknown, or when none is left.
    """
    for name in settings.engines:
        if name not in ENGINES:
            raise UserError(f"no OCR engine is called {name!r}; choose from {', '.join(ENGINES)}")
    rapid = _rapid(settings.max_side, threads) if "rapidocr" in settings.engines else None
    languages = _languages() if "tesseract" in settings.engines else {}
    if rapid is not None:
        second = TamilLines(languages) if "tam" in languages else None
        return Reader(rapid, second, settings.min_score)
    if not languages:
        raise UserError("no OCR engine is installed; run: pip install rapidocr onnxruntime")
    return Reader(Pages(languages), None, settings.min_score)


def _rapid(max_side: int, threads: int) -> Rapid | None:
    try:
        return Rapid(max_side, threads)
    except ImportError as error:
        log.warning("no RapidOCR (%s); run: pip install rapidocr onnxruntime", error)
        return None


def _languages() -> dict[str, Path]:
    if importlib.util.find_spec("tesserocr") is None:
        log.warning("no Tesseract, so Tamil is not read; run: pip install tesserocr")
        return {}
    languages = find_languages()
    if "tam" not in languages:
        log.warning("Tesseract lacks Tamil; run: sudo apt-get install tesseract-ocr-tam")
    return languages


def _shrink(line: Line, factor: int) -> Line:
    left, top, right, bottom = line.box
    return replace(
        line, box=(left // factor, top // factor, -(-right // factor), -(-bottom // factor))
    )
