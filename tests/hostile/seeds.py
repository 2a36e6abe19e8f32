"""Sound pictures of each format that is read, and of two that are not, as the bytes of files."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 48


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """`image` as a file of format `kind`."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Something with edges and slopes, so that every part of a decoder has work to do."""
    grid = np.indices((SIDE, SIDE)).sum(axis=0)[..., None] * (1, 2, 3)
    noise = np.random.default_rng(seed).integers(0, 40, (SIDE, SIDE, 3))
    image = Image.fromarray(((grid + noise) % 256).astype(np.uint8))
    return (
        Image.fromarray(np.asarray(image)[..., 0].astype(np.uint16) * 200)
        if (mode == "I;16")
        else image.convert(mode)
    )


@cache
def seeds() -> dict[str, bytes]:
    """One file a variant; the name begins with its format."""
    plain, frames = picture(), [picture(seed=n) for n in range(1, 4)]
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "what it shows"
    moving = {"save_all": True, "append_images": frames}
    return {
        "png": encode(plain, "PNG", exif=exif),
        "png-rgba": encode(picture("RGBA"), "PNG"),
        "png-palette": encode(picture("P"), "PNG", transparency=3),
        "png-16": encode(picture("I;16"), "PNG"),
        "png-bits": encode(picture("1"), "PNG", icc_profile=b"profile" * 50),
        "png-moving": encode(plain, "PNG", **moving),
        "jpeg": encode(plain, "JPEG", exif=exif, icc_profile=b"profile" * 50),
        "jpeg-progressive": encode(plain, "JPEG", progressive=True),
        "jpeg-cmyk": encode(picture("CMYK"), "JPEG"),
        "jpeg-grey": encode(picture("L"), "JPEG", restart_marker_rows=1, comment=b"words"),
        "gif": encode(plain, "GIF", comment=b"words"),
        "gif-moving": encode(plain, "GIF", transparency=2, **moving),
        "webp": encode(plain, "WEBP", exif=exif, icc_profile=b"profile" * 50),
        "webp-lossless": encode(picture("RGBA"), "WEBP", lossless=True),
        "webp-moving": encode(plain, "WEBP", **moving),
        "bmp": encode(plain, "BMP"),
        "bmp-palette": encode(picture("P"), "BMP"),
        "tiff": encode(plain, "TIFF"),
        "ico": encode(plain, "ICO"),
    }


def varied(memes: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """So many pictures in `folder`, none the same to the byte: the memes by turns, each time a
    little smaller, for what was seen before is answered from memory."""
    folder.mkdir(mode=0o755, exist_ok=True)
    made = []
    for number in range(count):
        turn, which = divmod(number, len(memes))
        with Image.open(memes[which]) as meme:
            small = meme.convert("RGB").reduce(2)
        made.append(folder / f"{number:04}.png")
        small.crop((0, 0, small.width - turn, small.height)).save(made[-1])
    return made
