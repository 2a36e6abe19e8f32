"""The pieces of light pixels in a line, and which of them are letters; see ocr_ink.py."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Pixels

DARK = 100  # grey below which an outline is dark
REACH = 0.12  # of the line's height: how far from a letter its outline is looked for
SPECK = 0.0025  # of the line's height squared: smaller pieces are noise
DIMMER = 8  # levels of grey that a letter may be below its line's median
THICKER = 1.7  # times its line's median: a piece that is thicker is no letter

Inside = tuple[float, float, float, float]  # left, top, right, bottom of the line in its crop


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


def pieces_in(wide: Pixels, inside: Inside, light: int) -> list[Piece]:
    """The pieces lighter than `light` (of 255) that stand in the line."""
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


def alike(pieces: list[Piece]) -> list[Piece]:
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
