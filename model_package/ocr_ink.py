"""Cuts the letters out of a busy picture: black letters on white, as Tesseract wants them.

Letters on memes are white inside a black outline. So a letter is a connected piece of light
pixels, dark all around, that does not run out of the line's box as the ground does.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Box, Pixels

DARK = 100  # grey below which an outline is dark
REACH = 0.12  # of the line's height: how far from a letter its outline is looked for
OUTLINED = 0.75  # share of a letter's edge that has its outline within reach
AROUND = 0.15  # of the line's height, added around its box
SPECK = 0.0025  # of the line's height squared: smaller pieces are noise
BORDER = 10  # white pixels around the result

Inside = tuple[float, float, float, float]


def candidates(grey: Pixels, box: Box) -> Iterator[Pixels]:
    """Black-on-white readings of the line in `box`, the likeliest first."""
    yield cut_letters(grey, box, height=80, light=200)
    yield plain(grey, box, height=64)
    yield cut_letters(grey, box, height=96, light=220)
    yield cut_letters(grey, box, height=64, light=180)
    yield cut_letters(255 - grey, box, height=80, light=200)
    yield plain(255 - grey, box, height=64)


def plain(grey: Pixels, box: Box, height: int) -> Pixels:
    """The line as it is, `height` pixels tall."""
    left, top, right, bottom = box
    return _frame(_scale(grey[top:bottom, left:right], height / (bottom - top)), 255)


def cut_letters(grey: Pixels, box: Box, height: int, light: int) -> Pixels:
    """Only what is lighter than `light` and has a dark outline; the line is `height` tall."""
    wide, inside = _widen(grey, box, height)
    reach = round(REACH * height) | 1
    near_dark = cv2.erode(wide, np.ones((reach, reach), np.uint8)) < DARK
    count, labels, stats, centres = cv2.connectedComponentsWithStats(
        (wide > light).astype(np.uint8), connectivity=4
    )
    letters = np.full(wide.shape, 255, np.uint8)
    for n in range(1, count):
        if _is_placed(stats[n], centres[n], wide, inside, SPECK * height**2):
            _keep(letters, labels == n, stats[n], near_dark)
    return _frame(cv2.GaussianBlur(letters, (3, 3), 0), 255)


def _widen(grey: Pixels, box: Box, height: int) -> tuple[Pixels, Inside]:
    """The box with a margin, scaled; and where the box itself lies in that."""
    left, top, right, bottom = box
    margin = round(AROUND * (bottom - top))
    x, y = max(0, left - margin), max(0, top - margin)
    scale = height / (bottom - top)
    wide = _scale(grey[y : bottom + margin, x : right + margin], scale)
    return wide, ((left - x) * scale, (top - y) * scale, (right - x) * scale, (bottom - y) * scale)


def _is_placed(
    stats: NDArray[np.int32],
    centre: NDArray[np.float64],
    wide: Pixels,
    inside: Inside,
    speck: float,
) -> bool:
    """Whether a piece is large enough, centred in the line, and clear of the crop's edge."""
    x, y, width, height, area = stats.tolist()
    clear = x > 0 and y > 0 and x + width < wide.shape[1] and y + height < wide.shape[0]
    left, top, right, bottom = inside
    return bool(
        clear and area > speck and left <= centre[0] <= right and top <= centre[1] <= bottom
    )


def _keep(
    letters: Pixels,
    piece: NDArray[np.bool_],
    stats: NDArray[np.int32],
    near_dark: NDArray[np.bool_],
) -> None:
    """Blacken `piece` in `letters` when enough of its edge is near its outline."""
    x, y, width, height, _ = stats.tolist()
    part = np.s_[y - 1 : y + height + 1, x - 1 : x + width + 1]
    piece = piece[part]
    grown = cv2.dilate(piece.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if near_dark[part][grown & ~piece].mean() > OUTLINED:
        letters[part][piece] = 0


def _scale(grey: Pixels, factor: float) -> Pixels:
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _frame(grey: Pixels, colour: int) -> Pixels:
    sides = (BORDER,) * 4
    return np.asarray(cv2.copyMakeBorder(grey, *sides, cv2.BORDER_CONSTANT, value=colour), np.uint8)
