"""Draws simple cartoon figures, transparent around them; pen.py says how coordinates run."""

from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from data_preparation.drawing.backgrounds import Size
from data_preparation.drawing.pen import INK, Pen

SKIN = (236, 188, 150)
FINE = 3  # drawn this much larger, then shrunk, for smooth edges


def draw_scene(name: str, size: Size) -> Image.Image:
    """The figure `name` of `SCENES` on a transparent ground, RGBA."""
    large = Image.new("RGBA", (size[0] * FINE, size[1] * FINE), (0, 0, 0, 0))
    SCENES[name](Pen(ImageDraw.Draw(large), large.width / 2, large.height))
    return large.resize(size, Image.Resampling.LANCZOS)


def cat(pen: Pen) -> None:
    """A sitting cat, not amused."""
    fur = (244, 170, 84)
    pen.line((0.16, 0.82), (0.3, 0.78), (0.32, 0.62), fill=fur, thick=0.05)
    pen.oval((0, 0.72), (0.19, 0.2), fur)
    for side in (-1, 1):
        pen.shape([(side * 0.05, 0.34), (side * 0.17, 0.22), (side * 0.18, 0.42)], fur)
        pen.oval((side * 0.08, 0.9), (0.055, 0.035), fur)
    pen.oval((0, 0.44), (0.19, 0.15), fur)
    for side in (-1, 1):
        pen.oval((side * 0.08, 0.42), (0.035, 0.035), "white")
        pen.oval((side * 0.08, 0.43), (0.012, 0.022), INK)
        pen.line((side * 0.13, 0.37), (side * 0.03, 0.39), thick=0.014)
        pen.line((side * 0.1, 0.49), (side * 0.25, 0.47), thick=0.006)
        pen.line((side * 0.1, 0.5), (side * 0.25, 0.52), thick=0.006)
    pen.shape([(-0.02, 0.47), (0.02, 0.47), (0, 0.49)], (200, 90, 90))
    pen.arc((0, 0.545), (0.04, 0.025), 180, 360)


def cup(pen: Pen) -> None:
    """A cup of coffee that steams."""
    pen.oval((0, 0.86), (0.3, 0.05), (226, 226, 232))
    pen.oval((0.2, 0.66), (0.1, 0.1), (250, 250, 250))
    pen.oval((0.2, 0.66), (0.055, 0.06), (180, 200, 200))
    pen.shape([(-0.21, 0.5), (0.21, 0.5), (0.15, 0.85), (-0.15, 0.85)], (250, 250, 250))
    pen.oval((0, 0.5), (0.21, 0.045), (98, 60, 38))
    for x in (-0.1, 0.0, 0.1):
        pen.line((x, 0.43), (x + 0.025, 0.39), (x - 0.02, 0.35), (x + 0.01, 0.3), fill="white")


def car(pen: Pen) -> None:
    """A small car, seen from its side."""
    pen.shape([(-0.28, 0.55), (-0.17, 0.38), (0.14, 0.38), (0.26, 0.55)], (214, 66, 66))
    pen.shape([(-0.22, 0.54), (-0.14, 0.42), (-0.02, 0.42), (-0.02, 0.54)], (190, 226, 240))
    pen.shape([(0.02, 0.54), (0.02, 0.42), (0.12, 0.42), (0.19, 0.54)], (190, 226, 240))
    pen.box((0, 0.62), (0.42, 0.085), (214, 66, 66), 0.05)
    pen.oval((0.39, 0.6), (0.025, 0.03), (250, 230, 120))
    for x in (-0.24, 0.24):
        pen.oval((x, 0.7), (0.085, 0.085), (60, 60, 66))
        pen.oval((x, 0.7), (0.04, 0.04), (200, 200, 206))


def elder(pen: Pen) -> None:
    """An old man with glasses, who holds a telephone."""
    person(pen, 0.0, (110, 140, 110), (235, 235, 235))
    for side in (-1, 1):
        pen.oval((side * 0.055, 0.41), (0.042, 0.036), (225, 240, 250))
        pen.oval((side * 0.055, 0.41), (0.008, 0.01), INK)
        pen.line((side * 0.1, 0.34), (side * 0.03, 0.345), fill="white", thick=0.016)
    pen.line((-0.015, 0.41), (0.015, 0.41))
    pen.shape([(-0.06, 0.475), (0.06, 0.475), (0.08, 0.5), (-0.08, 0.5)], (240, 240, 240))
    pen.box((0.21, 0.68), (0.05, 0.085), (50, 50, 60))
    pen.box((0.21, 0.67), (0.038, 0.06), (150, 205, 240), 0.005)
    pen.oval((0.165, 0.72), (0.03, 0.025), SKIN)


def travellers(pen: Pen) -> None:
    """Two people with a suitcase."""
    person(pen, -0.22, (70, 110, 180), (60, 44, 38))
    person(pen, 0.22, (200, 120, 60), (30, 28, 34))
    for x in (-0.22, 0.22):
        _face(pen, x)
    pen.line((-0.05, 0.68), (-0.05, 0.6), (0.05, 0.6), (0.05, 0.68))
    pen.box((0, 0.8), (0.12, 0.12), (150, 96, 60))
    for x in (-0.07, 0.07):
        pen.line((x, 0.69), (x, 0.91), fill=(230, 200, 120), thick=0.016)


def queue(pen: Pen) -> None:
    """Four people in a row, one behind the other."""
    shirts = ((90, 160, 120), (210, 90, 110), (90, 110, 190), (230, 180, 70))
    for n, x in enumerate((0.42, 0.14, -0.14, -0.42)):
        person(pen, x, shirts[n], (50 + 20 * n, 40, 36))
        _face(pen, x)


def goat(pen: Pen) -> None:
    """A goat in the rain."""
    for x, y in ((-0.5, 0.2), (-0.3, 0.36), (-0.1, 0.16), (0.2, 0.24), (0.45, 0.18), (0.5, 0.5)):
        pen.line((x, y), (x - 0.03, y + 0.09), fill=(120, 180, 235))
    for x in (-0.17, -0.1, 0.1, 0.17):
        pen.box((x, 0.82), (0.022, 0.11), (235, 235, 228))
    pen.oval((0, 0.66), (0.24, 0.13), (245, 245, 238))
    pen.shape([(0.17, 0.36), (0.13, 0.26), (0.2, 0.34)], (170, 150, 120))
    pen.shape([(0.26, 0.36), (0.27, 0.25), (0.3, 0.36)], (170, 150, 120))
    pen.oval((0.24, 0.46), (0.085, 0.115), (245, 245, 238))
    pen.shape([(0.22, 0.57), (0.27, 0.57), (0.24, 0.66)], (225, 225, 215))
    for x in (0.21, 0.28):
        pen.oval((x, 0.43), (0.016, 0.02), INK)
    pen.line((0.21, 0.52), (0.28, 0.515), thick=0.008)


def rice(pen: Pen) -> None:
    """A plate of rice on a leaf, with egg, cucumber and sambal."""
    pen.oval((0, 0.64), (0.42, 0.2), (246, 246, 246))
    pen.oval((0, 0.63), (0.34, 0.15), (110, 170, 90))
    pen.oval((-0.06, 0.58), (0.17, 0.12), (255, 253, 244))
    pen.oval((0.17, 0.6), (0.09, 0.06), (255, 255, 255))
    pen.oval((0.17, 0.595), (0.045, 0.032), (250, 190, 60))
    for x in (-0.22, -0.17, -0.12):
        pen.oval((x, 0.7), (0.04, 0.028), (170, 214, 130))
    pen.oval((0.08, 0.71), (0.08, 0.035), (180, 40, 32))


def sleeper(pen: Pen) -> None:
    """Someone in bed, awake, with a bright telephone."""
    pen.box((-0.5, 0.6), (0.035, 0.26), (140, 96, 62))
    pen.box((0, 0.79), (0.5, 0.06), (140, 96, 62))
    pen.box((-0.33, 0.68), (0.14, 0.055), (250, 250, 250), 0.05)
    _head(pen, -0.27, 0.6, (50, 40, 40))
    for x in (-0.31, -0.24):
        pen.oval((x, 0.6), (0.024, 0.026), "white")
        pen.oval((x + 0.008, 0.6), (0.008, 0.01), INK)
    pen.arc((-0.27, 0.66), (0.03, 0.012), 180, 360)
    pen.box((0.15, 0.7), (0.34, 0.075), (96, 120, 190), 0.06)
    pen.box((-0.07, 0.55), (0.045, 0.075), (50, 50, 60))
    pen.box((-0.075, 0.55), (0.034, 0.058), (200, 235, 255), 0.005)


def person(pen: Pen, x: float, shirt: Any, hair: Any) -> None:
    """A head and shoulders, without a face, around `x`."""
    pen.shape([(x - 0.18, 1.0), (x - 0.13, 0.6), (x + 0.13, 0.6), (x + 0.18, 1.0)], shirt)
    pen.box((x, 0.57), (0.04, 0.05), SKIN)
    _head(pen, x, 0.42, hair)


def _head(pen: Pen, x: float, y: float, hair: Any) -> None:
    pen.oval((x, y - 0.035), (0.125, 0.12), hair)
    pen.oval((x, y), (0.11, 0.125), SKIN)
    pen.shape([(x - 0.1, y - 0.055), (x, y - 0.12), (x + 0.1, y - 0.055)], hair)


def _face(pen: Pen, x: float) -> None:
    for side in (-1, 1):
        pen.oval((x + side * 0.045, 0.42), (0.01, 0.014), INK)
    pen.line((x - 0.03, 0.49), (x + 0.03, 0.49), thick=0.009)


SCENES: dict[str, Callable[[Pen], None]] = {
    "car": car,
    "cat": cat,
    "cup": cup,
    "elder": elder,
    "goat": goat,
    "queue": queue,
    "rice": rice,
    "sleeper": sleeper,
    "travellers": travellers,
}
