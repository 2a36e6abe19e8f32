"""RapidOCR: finds lines in any script, reads Latin letters and Chinese; never uses a network.

Its models and the geometry of boxes come from its wheel. Its own engine is not used: it takes a
second to start, cuts each line out twice, and downloads what it is not given.
"""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Box, Found, Line, Pixels
from model_package.ocr_network import load_network
from model_package.ocr_text import is_han

MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
MOST_LINES = 64  # read of one image; a page of small print would take a minute, and is no meme
SMALLEST = 8  # pixels; no letter is legible in an image that is narrower
LONG, FLAT = 8, 30  # width by height above which, and height up to which, a picture gets borders
# RapidOCR's own settings for these models, by its names for them.
BOXES = {"thresh": 0.3, "box_thresh": 0.5, "unclip_ratio": 1.6, "use_dilation": True}
BLANK = 0  # the class of "no character here" in CTC
Quads = NDArray[np.float32]
SPACE = 0.014  # share of doubt about a space, above which there is one; see SpacedCtc


class Rapid:
    """Detection on a shrunk image, at most `max_side`; recognition on crops of the full one."""

    name = "rapidocr"

    def __init__(self, max_side: int, threads: int) -> None:
        from rapidocr.ch_ppocr_det.utils import DBPostProcess  # noqa: PLC0415 - takes a second
        from rapidocr.utils import process_img  # noqa: PLC0415

        from model_package import ocr_shrink  # noqa: PLC0415 - needs OpenCV

        self.max_side, self.shrink, self.geometry = max_side, ocr_shrink, process_img
        folder = Path(process_img.__file__).parent.parent / "models"
        self.detector, self.recognizer = (
            load_network(folder / MODELS[part], threads) for part in ("Det", "Rec")
        )
        self.outline = DBPostProcess(**BOXES)
        self.decoder = SpacedCtc(["", *self.recognizer.notes["character"].splitlines(), " "])

    def lines(self, pixels: Pixels) -> list[Found]:
        """Every line; what is read in one in another script is junk."""
        if min(pixels.shape[:2]) < SMALLEST:
            return []
        return [
            Found(bounds(quad, pixels), partial(self._line, pixels, quad))
            for quad in self._find(pixels)
        ]

    def _find(self, pixels: Pixels) -> Quads:
        """Corners of each line, clockwise from the upper left: (lines, 4, 2)."""
        tall, padding = self.geometry.apply_vertical_padding(pixels, {}, LONG, FLAT)
        heat = self.detector.run(self.shrink.for_detector(tall, self.max_side))
        boxes, _ = self.outline(heat, tall.shape[:2])
        if not len(boxes):
            return np.empty((0, 4, 2), np.float32)
        placed = self.geometry.map_boxes_to_original(boxes, padding, *pixels.shape[:2])
        return largest(np.asarray(placed, np.float32))

    def _line(self, pixels: Pixels, quad: NDArray[np.float32]) -> Line:
        crop = self.geometry.get_rotate_crop_image(pixels, quad)
        [probas] = self.recognizer.run(self.shrink.for_recognizer(crop))
        text, score = self.decoder.decode(probas)
        return Line(text, score, bounds(quad, pixels), self.name)


def largest(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tallest `MOST_LINES` of `quads` (lines, 4, 2), in the order given."""
    if len(quads) <= MOST_LINES:
        return quads
    heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    return quads[np.sort(np.argsort(-heights, kind="stable")[:MOST_LINES])]


class SpacedCtc:
    """Turns a recognizer's probabilities into text, and keeps the spaces between words.

    The usual decoding takes the likeliest class of each step, and there a space often loses by a
    little to "no character". On drawn memes in five fonts the probability of a space exceeded
    `SPACE` at 99.7 % of 2175 gaps between words, and at 3 of 10713 gaps between letters.
    """

    def __init__(self, characters: list[str]) -> None:
        self.character = characters
        self.space = characters.index(" ")

    def decode(self, probas: NDArray[np.float32]) -> tuple[str, float]:
        """One line and the mean probability of its characters, from (steps, classes)."""
        best = probas.argmax(axis=1)
        starts = np.flatnonzero((best != BLANK) & (np.diff(best, prepend=BLANK) != 0))
        text = "".join(
            self._gap(probas, before, step) + self.character[best[step]]
            for before, step in zip([-1, *starts], starts, strict=False)
        )
        scores = probas[starts, best[starts]]
        return " ".join(text.split()), float(scores.mean()) if len(starts) else 0.0

    def _gap(self, probas: NDArray[np.float32], before: int, step: int) -> str:
        if before < 0 or step - before < 2:
            return ""
        neighbours = (self.character[probas[n].argmax()] for n in (before, step))
        likely = probas[before + 1 : step, self.space].max() > SPACE
        return " " if likely and not all(map(is_han, neighbours)) else ""


def bounds(quad: NDArray[np.float32], pixels: Pixels) -> Box:
    """The upright box around `quad`, inside the image."""
    height, width = pixels.shape[:2]
    left, top = np.clip(quad.min(axis=0), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(quad.max(axis=0)), 0, (width, height)).astype(int).tolist()
    return left, top, right, bottom
