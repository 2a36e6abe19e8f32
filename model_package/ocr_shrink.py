"""What the detector of lines is shown: a picture shrunk to sides it can take, as numbers.

Takes the place of RapidOCR's own preparation, which computes the same numbers in 64 bits.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Pixels

GRID = 32  # the network's sides are multiples of it
SHARE = 0.8  # of a picture's size: lines are found as well, in two thirds of the time
LEAST = 480  # pixels of the longer side, down to which a picture is not shrunk
LEVELS = ((np.arange(256) / 255 - 0.5) / 0.5).astype(np.float32)  # of a channel, as -1 to 1


def detector_size(width: int, height: int, max_side: int) -> tuple[int, int]:
    """Width and height at which lines are looked for in a picture of this size."""
    longest = max(width, height)
    side = min(longest, max_side, max(LEAST, round(SHARE * longest)))
    return _on_grid(width * side / longest), _on_grid(height * side / longest)


def _on_grid(side: float) -> int:
    return max(1, round(side / GRID)) * GRID


class Shrink:
    """Pixels (height, width, 3) become what the detector takes: (1, 3, height, width)."""

    def __init__(self, max_side: int) -> None:
        self.max_side = max_side

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        height, width = pixels.shape[:2]
        small = cv2.resize(pixels, detector_size(width, height, self.max_side))
        channels = [cv2.LUT(channel, LEVELS) for channel in cv2.split(small)]
        return np.asarray(np.stack(channels)[None], np.float32)
