"""Pictures of memes made small: WebP of a bounded size, as the text that a page can hold."""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from PIL import Image

from model_package.images import ImageError, load_image
from model_package.profile import Limits

SIDE = 360  # pixels of the longer side, at most
VEIL = 12  # of the picture that stands in for a veiled one: colours, and nothing to read
STEPS = ((SIDE, 68), (SIDE, 45), (280, 35), (200, 20), (128, 5))  # side and quality, tried in turn
MOST = 5_700  # bytes of one picture, so that it and its veil are 8 kB as text


def thumbnails(paths: Sequence[str]) -> Iterator[str]:
    """Each path's veil and picture, as `thumbnail` gives them, in order."""
    with ThreadPoolExecutor() as pool:
        yield from pool.map(thumbnail, paths)


def place(path: str, folder: Path) -> str:
    """Where in `folder` the picture of an evidence row lies: by the last part of its path."""
    name = path.rsplit("/", 1)[-1]
    return str(folder / name) if name else path


def thumbnail(path: str) -> str:
    """The picture at `path`, once as a few pixels and once to look at: base64 of WebP, with a
    space between, 8 kB at most; empty where the file gives no picture."""
    try:
        image = load_image(path, Limits(max_side=SIDE))
    except ImageError:
        return ""
    tries = (_webp(image, side, quality) for side, quality in STEPS)
    small = next((one for one in tries if len(one) <= MOST), b"")
    return " ".join(base64.b64encode(one).decode() for one in (_webp(image, VEIL, 40), small))


def _webp(image: Image.Image, side: int, quality: int) -> bytes:
    small, data = image.copy(), BytesIO()
    small.thumbnail((side, side))
    small.save(data, "WEBP", quality=quality, method=2)
    return data.getvalue()
