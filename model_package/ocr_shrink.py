"""What RapidOCR's networks are shown: a shrunk picture to find lines in, or one line to read.

Takes the place of RapidOCR's own preparation, which finds lines at full size and pads short ones
further.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model_package.ocr_line import Pixels

GRID = 32  # the detector's sides are multiples of it
SHARE = 0.8  # of a picture's size: lines are found as well, in two thirds of the time
LEAST = 480  # pixels of the longer side, down to which a picture is not shrunk
CROP_HEIGHT, LEAST_WIDTH = 48, 160  # of a line in the recognizer; shorter ones are filled up
LEVELS = ((np.arange(256) / 255 - 0.5) / 0.5).astype(np.float32)  # of a channel, as -1 to 1
Array = NDArray[np.float32]


def detector_size(width: int, height: int, max_side: int) -> tuple[int, int]:
    """Width and height at which lines are looked for in a picture of this size."""
    longest = max(width, height)
    side = min(longest, max_side, max(LEAST, round(SHARE * longest)))
    return _on_grid(width * side / longest), _on_grid(height * side / longest)


def _on_grid(side: float) -> int:
    return max(1, round(side / GRID)) * GRID


def for_detector(pixels: Pixels, max_side: int) -> Array:
    """A picture (height, width, 3), at most `max_side`, as (1, 3, height, width)."""
    height, width = pixels.shape[:2]
    return _as_numbers(cv2.resize(pixels, detector_size(width, height, max_side)))


def for_recognizer(line: Pixels) -> Array:
    """A line (height, width, 3) as (1, 3, `CROP_HEIGHT`, width)."""
    height, width = line.shape[:2]
    tall = cv2.resize(line, (max(1, CROP_HEIGHT * width // height), CROP_HEIGHT))
    missing = max(0, LEAST_WIDTH - tall.shape[1])
    return np.pad(_as_numbers(tall), ((0, 0), (0, 0), (0, 0), (0, missing)))


def _as_numbers(pixels: Pixels) -> Array:
    channels = [cv2.LUT(channel, LEVELS) for channel in cv2.split(pixels)]
    return np.asarray(np.stack(channels)[None], np.float32)
