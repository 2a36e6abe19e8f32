"""Draws pictures without words from a seed: colour, shapes and noise for memes to stand on.

Each function takes a size in pixels and a seed; the same two give the same pixels.
"""

import math
import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Size = tuple[int, int]
Colour = tuple[int, int, int]


def gradient(size: Size, seed: int) -> Image.Image:
    """A smooth change between two colours, along a slope."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, math.tau)
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    share = (x * math.cos(angle) + y * math.sin(angle) + 1.5) / 3  # (height, width)
    first, second = rng.integers(20, 236, (2, 3))
    pixels = first + share[..., None].clip(0, 1) * (second - first)  # (height, width, 3)
    return Image.fromarray(pixels.astype(np.uint8))


def sunburst(size: Size, seed: int, rays: int = 12) -> Image.Image:
    """Rays of two shades from the middle, as advice memes have."""
    rng = random.Random(seed)
    light = bright(rng)
    dark: Colour = tuple(c * 3 // 4 for c in light)  # type: ignore[assignment]
    image = Image.new("RGB", size, light)
    draw = ImageDraw.Draw(image)
    x, y = size[0] / 2, size[1] / 2
    box = (x - 2 * size[0], y - 2 * size[0], x + 2 * size[0], y + 2 * size[0])
    for ray in range(rays):
        draw.pieslice(box, 360 * ray / rays, 360 * (ray + 0.5) / rays, dark)
    return image


def shapes(size: Size, seed: int, count: int = 60) -> Image.Image:
    """Discs, boxes and lines in many colours over a gradient: a busy ground."""
    rng = random.Random(seed)
    image = gradient(size, seed)
    draw = ImageDraw.Draw(image)
    for _ in range(count):
        x, y, extent = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(8, 90)
        box = (x, y, x + extent, y + rng.randrange(8, 90))
        rng.choice((draw.ellipse, draw.rectangle, draw.line))(box, fill=bright(rng))
    return image


def clouds(size: Size, seed: int, grain: float = 6.0) -> Image.Image:
    """Noise at many scales, which has the edges and the grain of a photograph."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for cells, weight in ((3, 1.0), (8, 0.6), (24, 0.35), (80, 0.2)):
        grey, tint = rng.uniform(-1, 1, (cells, cells, 1)), rng.uniform(-1, 1, (cells, cells, 3))
        total += weight * _enlarge((0.8 * grey + 0.35 * tint).astype(np.float32), size)
    pixels = rng.integers(90, 180, 3) + 90 * total + rng.normal(0, grain, total.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def bright(rng: random.Random) -> Colour:
    """A random colour that is neither near black nor near white."""
    return rng.randrange(40, 240), rng.randrange(40, 240), rng.randrange(40, 240)


def _enlarge(values: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    channels = [
        np.asarray(Image.fromarray(values[..., n]).resize(size, Image.Resampling.BICUBIC))
        for n in range(values.shape[2])
    ]
    return np.stack(channels, axis=-1)


GROUNDS: dict[str, Callable[[Size, int], Image.Image]] = {
    "gradient": gradient,
    "sunburst": sunburst,
    "shapes": shapes,
    "clouds": clouds,
}
