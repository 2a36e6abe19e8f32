"""Cuts the letters out of a busy picture: black letters on white, as Tesseract wants them.

Letters on memes are white inside a black outline. So a letter is a connected piece of light
pixels that is dark all around, does not run out of the line's box as the ground does, and is as
light and as thick as the other letters of its line.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Box, Pixels
from model_package.ocr_pieces import DARK, Inside, alike, pieces_in

OUTLINED = 0.75  # share of a letter's edge that has its outline within reach
AROUND = 0.15  # of the line's height, added around its box
BORDER = 10  # white pixels around the result


def candidates(pixels: Pixels, box: Box) -> Iterator[Pixels]:
    """Black-on-white pictures of the line in `box`, the likeliest first."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    yield cut_letters(grey, box, height=80, light=200)
    yield plain(grey, box, height=64)
    yield fill_outlines(grey, box, height=80)
    yield cut_letters(grey, box, height=96, light=220)
    yield cut_letters(grey, box, height=80, light=225, outlined=0)
    yield cut_letters(grey, box, height=64, light=180)
    yield cut_letters(255 - grey, box, height=80, light=200)
    yield plain(255 - grey, box, height=64)


def plain(grey: Pixels, box: Box, height: int) -> Pixels:
    """The line as it is, `height` pixels tall."""
    left, top, right, bottom = box
    return _frame(_scale(grey[top:bottom, left:right], height / (bottom - top)))


def cut_letters(
    grey: Pixels, box: Box, height: int, light: int, outlined: float = OUTLINED
) -> Pixels:
    """Only what is lighter than `light` and looks like letters; the line is `height` tall."""
    wide, inside = _widen(grey, box, height)
    letters = np.full(wide.shape, 255, np.uint8)
    pieces = [piece for piece in pieces_in(wide, inside, light) if piece.outlined >= outlined]
    for piece in alike(pieces):
        letters[piece.part][piece.mask] = 0
    return _frame(cv2.GaussianBlur(letters, (3, 3), 0))


def fill_outlines(grey: Pixels, box: Box, height: int) -> Pixels:
    """What dark outlines enclose, less what further outlines enclose within that.

    For white letters on a white ground, as where it was transparent: what lies in a letter's
    loop is as light as the letter, and only the nesting of the outlines tells them apart.
    """
    wide, _ = _widen(grey, box, height)
    ink = (wide < DARK).astype(np.uint8)
    outlines, tree = cv2.findContours(ink, cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE)
    letters = np.full(wide.shape, 255, np.uint8)
    for depth, colour in ((1, 0), (2, 255)):  # 0: an outline, 1: within it, 2: an outline there
        for n, outline in enumerate(outlines):
            if _depth(n, tree[0]) == depth:
                cv2.drawContours(letters, [outline], -1, colour, cv2.FILLED)
    return _frame(cv2.GaussianBlur(letters, (3, 3), 0))


def _depth(n: int, tree: NDArray[np.int32]) -> int:
    """How many outlines the n-th lies within; a row of `tree` ends with the one around it."""
    depth = 0
    while (n := int(tree[n][3])) >= 0:
        depth += 1
    return depth


def _widen(grey: Pixels, box: Box, height: int) -> tuple[Pixels, Inside]:
    """The box with a margin, scaled; and where the box itself lies in that."""
    left, top, right, bottom = box
    margin = round(AROUND * (bottom - top))
    x, y = max(0, left - margin), max(0, top - margin)
    scale = height / (bottom - top)
    wide = _scale(grey[y : bottom + margin, x : right + margin], scale)
    return wide, ((left - x) * scale, (top - y) * scale, (right - x) * scale, (bottom - y) * scale)


def _scale(grey: Pixels, factor: float) -> Pixels:
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _frame(grey: Pixels) -> Pixels:
    sides = (BORDER,) * 4
    return np.asarray(cv2.copyMakeBorder(grey, *sides, cv2.BORDER_CONSTANT, value=255), np.uint8)
