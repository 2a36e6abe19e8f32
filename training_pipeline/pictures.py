"""Pictures as small squares, which of them are near-duplicates, and further views of each.

Knows nothing of captions or models.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from data_preparation.record import Record
from model_package.errors import UserError

Squares = NDArray[np.uint8]  # (pictures, side, side, 3)
NEAR = 6  # of 64 bits: pictures whose hashes differ by no more are near-duplicates
PLAIN = 4  # bits: a hash with no more of them is of a picture without a shape to compare


def squares(paths: Iterable[Path], side: int) -> Squares:
    """Each picture stretched to `side` by `side`, as the captioner's processor does."""
    return np.stack([_square(path, side) for path in paths])


def _square(path: Path, side: int) -> Squares:
    try:
        with Image.open(path) as image:
            image.draft("RGB", (3 * side, 3 * side))  # a JPEG need not be unpacked in full
            small = image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    except OSError as error:
        raise UserError(f"{path}: cannot be read as a picture: {error}") from error
    return np.asarray(small, np.uint8)


def group_alike(records: Sequence[Record], pixels: Squares) -> list[Record]:
    """`records` whose group also holds all near-duplicates of their pictures, in order."""
    hashes = np.stack([_hash(one) for one in pixels])
    apart = (hashes[:, None] != hashes[None]).sum(axis=2)  # bits in which two pictures differ
    shaped = hashes.sum(axis=1) > PLAIN
    near = (apart <= NEAR) & shaped[:, None] & shaped[None]
    groups = [one.group or one.id for one in records]
    for first, second in zip(*np.nonzero(np.triu(near, 1)), strict=True):
        old, new = groups[second], groups[first]
        groups = [new if group == old else group for group in groups]
    return [replace(one, group=group) for one, group in zip(records, groups, strict=True)]


def _hash(pixels: Squares) -> NDArray[np.bool_]:
    """A difference hash: whether each of 8 by 8 places is lighter than the one to its left."""
    grey = Image.fromarray(pixels).convert("L").resize((9, 8), Image.Resampling.BOX)
    values = np.asarray(grey, np.int16)
    return np.asarray(values[:, 1:] > values[:, :-1]).ravel()


def views(pixels: Squares, count: int, seed: int) -> Squares:
    """Each picture as it is, and `count` - 1 other views of it: (pictures * count, side, side, 3).

    Another view is a part of the picture, maybe mirrored, with other light and contrast.
    """
    return np.stack(
        [
            _view(one, random.Random(f"{seed} {n} {view}")) if view else one
            for n, one in enumerate(pixels)
            for view in range(count)
        ]
    )


def _view(pixels: Squares, rng: random.Random) -> Squares:
    side = len(pixels)
    width, height = (round(side * rng.uniform(0.75, 1)) for _ in range(2))
    x, y = rng.randint(0, side - width), rng.randint(0, side - height)
    part = Image.fromarray(pixels).crop((x, y, x + width, y + height))
    part = part.resize((side, side), Image.Resampling.BICUBIC)
    if rng.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast):
        part = change(part).enhance(rng.uniform(0.85, 1.15))
    return np.asarray(part, np.uint8)
