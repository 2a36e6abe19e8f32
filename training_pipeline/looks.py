"""How pictures look, by counting: their colours, where these stand, and which way edges run.

Labels that cost nothing: pictures that look alike are often captioned alike. Nothing is learnt.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training_pipeline.pictures import Squares

Floats = NDArray[np.float32]
DIRECTIONS = 9  # of edges, as in histograms of oriented gradients (Dalal and Triggs 2005)
TINY = 1e-6


def looks(pixels: Squares) -> list[Floats]:
    """Four descriptions of each picture: (pictures, columns) each."""
    parts = [
        (colours(one, 1, 8), colours(one, 3, 4), edges(one, 64, 8), thumbnail(one))
        for one in pixels
    ]
    return [np.stack(columns).astype(np.float32) for columns in zip(*parts, strict=True)]


def colours(pixels: Squares, cells: int, levels: int) -> NDArray[np.float64]:
    """Square roots of the shares of each colour, in each of `cells` by `cells` parts.

    levels: of red, of green and of blue, that are told apart.
    """
    steps = (pixels.astype(np.int64) * levels) // 256  # (side, side, 3)
    codes = (steps[..., 0] * levels + steps[..., 1]) * levels + steps[..., 2]
    rows = [part for row in np.array_split(codes, cells) for part in np.array_split(row, cells, 1)]
    return np.concatenate(
        [np.sqrt(np.bincount(part.ravel(), minlength=levels**3) / part.size) for part in rows]
    )


def edges(pixels: Squares, side: int, cell: int) -> NDArray[np.float64]:
    """How strong the edges of each direction are in each cell of `cell` by `cell` pixels."""
    grey = Image.fromarray(pixels).convert("L").resize((side, side), Image.Resampling.BOX)
    down, right = np.gradient(np.asarray(grey, float))
    turn = np.arctan2(down, right) % np.pi / np.pi * DIRECTIONS
    bins = np.minimum(turn.astype(int), DIRECTIONS - 1)
    count = side // cell
    place = np.arange(side) // cell
    codes = (place[:, None] * count + place[None]) * DIRECTIONS + bins
    sums = np.bincount(codes.ravel(), np.hypot(down, right).ravel(), count**2 * DIRECTIONS)
    cells = sums.reshape(-1, DIRECTIONS)
    return np.asarray(cells / (np.linalg.norm(cells, axis=1, keepdims=True) + 20)).ravel()


def thumbnail(pixels: Squares) -> NDArray[np.float64]:
    """The picture at 12 by 12 pixels, 0 to 1."""
    small = Image.fromarray(pixels).resize((12, 12), Image.Resampling.BOX)
    return np.asarray(small, float).ravel() / 255


class Sight:
    """The main directions in which looks differ: short targets for a vision tower to regress."""

    def __init__(self, seen: list[Floats], width: int) -> None:
        self.means = [part.mean(axis=0) for part in seen]
        self.scales = [
            max(float(np.sqrt(((part - mean) ** 2).sum(axis=1).mean())), TINY)
            for part, mean in zip(seen, self.means, strict=True)
        ]
        _, values, axes = np.linalg.svd(self._join(seen), full_matrices=False)
        size = values[:width] / np.sqrt(len(seen[0]))
        steady = np.maximum(size, 0.01 * size.mean())
        self.axes = axes[:width].T / np.sqrt(steady * size.mean())  # small ones count, but less

    def __call__(self, parts: list[Floats]) -> Floats:
        """(pictures, width or fewer)"""
        return np.asarray(self._join(parts) @ self.axes, np.float32)

    def _join(self, parts: list[Floats]) -> Floats:
        whole = zip(parts, self.means, self.scales, strict=True)
        return np.concatenate([(part - mean) / scale for part, mean, scale in whole], axis=1)
