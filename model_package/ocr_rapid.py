"""RapidOCR: finds lines in any script, reads Latin letters and Chinese; never uses a network.

Its models lie in its wheel and are named by path here, for it downloads what it is not given.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Box, Line, Pixels
from model_package.ocr_text import is_han

MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
MOST_LINES = 64  # read of one image; a page of small print would take a minute, and is no meme
SMALLEST = 8  # pixels; no letter is legible in an image that is narrower
CROP_HEIGHT, LEAST_WIDTH = 48, 160  # of a line in the recognizer; shorter ones are filled up
BLANK = 0  # the class of "no character here" in CTC
SPACE = 0.014  # share of doubt about a space, above which there is one; see SpacedCtc


class Rapid:
    """Detection on a shrunk image, at most `max_side`; recognition on crops of the full one."""

    name = "rapidocr"

    def __init__(self, max_side: int, threads: int) -> None:
        import rapidocr  # noqa: PLC0415 - takes a second

        from model_package.ocr_shrink import Shrink  # noqa: PLC0415 - needs OpenCV

        self.engine = rapidocr.RapidOCR(params=_params(rapidocr, threads))
        blank = np.full((64, 128, 3), 255, np.uint8)
        self._find(blank)  # loads its model at the first call, and so does recognition
        self.engine.recognize_txt([blank])
        self.engine.text_det.get_preprocess = lambda: Shrink(max_side)
        recognizer = self.engine.text_rec
        recognizer.postprocess_op = SpacedCtc(recognizer.postprocess_op.character)

    def lines(self, pixels: Pixels) -> list[Line]:
        """Every line found, with what was read in it, which is junk for other scripts."""
        if min(pixels.shape[:2]) < SMALLEST:
            return []
        quads = self._find(pixels)
        if not len(quads):
            return []
        crops = self.engine.crop_text_regions(pixels, quads)
        output = self.engine.recognize_txt(crops)
        return [
            Line(text, float(score), bounds(quad, pixels), self.name)
            for text, score, quad in zip(output.txts, output.scores, quads, strict=True)
        ]

    def _find(self, pixels: Pixels) -> NDArray[np.float32]:
        """Corners of each line, clockwise from the upper left: (lines, 4, 2)."""
        found = self.engine(pixels, use_det=True, use_cls=False, use_rec=False).boxes
        return largest(np.asarray([] if found is None else found, np.float32))


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

    def __call__(
        self, probas: NDArray[np.float32], *_: Any, **__: Any
    ) -> tuple[list[tuple[str, float]], list[None]]:
        """(text, mean probability of its characters) a line, from (lines, steps, classes)."""
        return [self.decode(line) for line in probas], [None] * len(probas)

    def decode(self, probas: NDArray[np.float32]) -> tuple[str, float]:
        """One line, from (steps, classes)."""
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


def _params(rapidocr: Any, threads: int) -> dict[str, Any]:
    folder = Path(rapidocr.__file__).parent / "models"
    cores = max(
        1, min(threads, os.cpu_count() or 1)
    )  # RapidOCR takes every core when asked for too many
    return {
        **{f"{part}.model_path": str(folder / name) for part, name in MODELS.items()},
        "EngineConfig.onnxruntime.intra_op_num_threads": cores,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        # Without it each run gets fresh pages from the kernel: 18 000 faults a meme.
        "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        "Rec.rec_img_shape": [3, CROP_HEIGHT, LEAST_WIDTH],
        "Rec.rec_batch_num": 1,  # a line's reading must not depend on its neighbours' widths
        "Global.use_cls": False,
        "Global.use_preprocess_img": False,
        "Global.log_level": "critical",
    }
