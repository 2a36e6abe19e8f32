"""Cuts the letters out of a busy picture: black letters on white, as Tesseract wants them.

Letters on memes are white inside a black outline. So a letter is a connected piece of light
pixels that is dark all around, does not run out of the line's box as the ground does, and is as
light and as thick as the other letters of its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Box, Pixels

DARK = 100  # grey below which an outline is dark
REACH = 0.12  # of the line's height: how far from a letter its outline is looked for
OUTLINED = 0.75  # share of a letter's edge that has its outline within reach
AROUND = 0.15  # of the line's height, added around its box
SPECK = 0.0025  # of the line's height squared: smaller pieces are noise
DIMMER = 8  # levels of grey that a letter may be below its line's median
THICKER = 1.7  # times its line's median: a piece that is thicker is no letter
BORDER = 10  # white pixels around the result

Inside = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """A connected piece of light pixels. part: where it lies. mask: which pixels there are its.

    level: the grey of its lightest fifth. thickness: of its thickest stroke, halved.
    outlined: the share of its edge that has something dark within reach.
    """

    part: tuple[slice, slice]
    mask: NDArray[np.bool_]
    level: float
    thickness: float
    outlined: float


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
    pieces = [piece for piece in _pieces(wide, inside, light) if piece.outlined >= outlined]
    for piece in _alike(pieces):
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


def _pieces(wide: Pixels, inside: Inside, light: int) -> list[Piece]:
    """The light pieces that stand in the line."""
    ink = (wide > light).astype(np.uint8)
    height = round(inside[3] - inside[1])
    reach = round(REACH * height) | 1
    near_dark = cv2.erode(wide, np.ones((reach, reach), np.uint8)) < DARK
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 3)  # of each light pixel, from the nearest edge
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=4)
    pieces = []
    for n in range(1, count):
        if not _is_placed(stats[n], centres[n], wide, inside) or stats[n][4] < SPECK * height**2:
            continue
        part = _around(stats[n])
        mask = labels[part] == n
        level = float(np.percentile(wide[part][mask], 80))
        outlined = float(near_dark[part][_edge(mask)].mean())
        pieces.append(Piece(part, mask, level, float(depth[part][mask].max()), outlined))
    return pieces


def _is_placed(
    stats: NDArray[np.int32], centre: NDArray[np.float64], wide: Pixels, inside: Inside
) -> bool:
    """Whether a piece is centred in the line and clear of the crop's edge."""
    x, y, width, height, _ = stats.tolist()
    clear = x > 0 and y > 0 and x + width < wide.shape[1] and y + height < wide.shape[0]
    left, top, right, bottom = inside
    return bool(clear and left <= centre[0] <= right and top <= centre[1] <= bottom)


def _around(stats: NDArray[np.int32]) -> tuple[slice, slice]:
    """A piece's rows and columns, with one pixel to each side."""
    x, y, width, height, _ = stats.tolist()
    return slice(y - 1, y + height + 1), slice(x - 1, x + width + 1)


def _edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels just outside `mask`."""
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(grown & ~mask)


def _alike(pieces: list[Piece]) -> list[Piece]:
    """Pieces nearly as light as the median one, by area, and not much thicker."""
    if not pieces:
        return []
    areas = [int(piece.mask.sum()) for piece in pieces]
    level = _median([piece.level for piece in pieces], areas)
    thickness = _median([piece.thickness for piece in pieces], areas)
    return [
        piece
        for piece in pieces
        if piece.level >= level - DIMMER and piece.thickness <= thickness * THICKER
    ]


def _median(values: list[float], weights: list[int]) -> float:
    order = np.argsort(values)
    sums = np.cumsum(np.asarray(weights)[order])
    return values[int(order[np.searchsorted(sums, sums[-1] / 2)])]


def _scale(grey: Pixels, factor: float) -> Pixels:
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _frame(grey: Pixels) -> Pixels:
    sides = (BORDER,) * 4
    return np.asarray(cv2.copyMakeBorder(grey, *sides, cv2.BORDER_CONSTANT, value=255), np.uint8)
