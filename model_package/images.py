"""One bounded, safe way to turn an untrusted file into pixels; knows nothing of models.

Formats: PNG, JPEG, WebP, GIF (first frame), BMP. The result is upright RGB, alpha laid on
white, no side longer than the limit. Whatever is wrong with a file is an `ImageError` whose
message never holds anything read from it.
"""

import contextlib
import os
import re
import stat
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from model_package.profile import Limits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
SHRUNK = 16  # times the pixel limit may the whole of a picture be that is decoded at a reduced size
READS = 300_000  # of one file by its decoder; a sound one is read in a few thousand pieces
SCAN = re.compile(rb"\xff\xda\0[\x08\x0a\x0c\x0e][\1-\4]")  # the head of a JPEG's scan
WHITE = (255, 255, 255, 255)


class ImageError(Exception):
    """The file gives no picture, for the reason in the message."""


class _Pieces(BytesIO):
    """A file's bytes; one of millions of parts would take minutes and gigabytes to look through."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As a file does."""
        self.reads += 1
        if self.reads > READS:
            raise ImageError("made of too many parts")
        return super().read(size)


def load_image(path: str, limits: Limits, root: Path | None = None) -> Image.Image:
    """The picture in the file at `path`: mode RGB, at least 1 x 1.

    root: where given, a path that resolves outside it is refused.
    """
    return decode_image(read_file(path, limits, root), limits)


def read_file(path: str, limits: Limits, root: Path | None = None) -> bytes:
    """The bytes of the file at `path`, as `load_image` reads them."""
    if not path:
        raise ImageError("the line is empty")
    if root is not None and not _is_inside(path, root):
        raise ImageError("the path leads outside the image root")
    return _open_and_read(path, limits.max_bytes)


def decode_image(data: bytes, limits: Limits) -> Image.Image:
    """The picture in `data`, as `load_image` gives it."""
    try:
        return _decode(data, limits)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("not enough memory to decode it") from None
    except UnidentifiedImageError:
        raise ImageError("not a PNG, JPEG, WebP, GIF or BMP image") from None
    except Exception as error:  # decoders of damaged files raise anything at all
        raise ImageError(f"damaged image ({type(error).__name__})") from None


def _is_inside(path: str, root: Path) -> bool:
    try:
        return Path(path).resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _open_and_read(path: str, max_bytes: int) -> bytes:
    try:
        # O_NONBLOCK: opening a FIFO must not wait for its writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ImageError(f"cannot be opened ({error.strerror})") from None
    except ValueError:
        raise ImageError("cannot be opened (a NUL in the path)") from None
    try:
        return _read(handle, max_bytes)
    except OSError as error:
        raise ImageError(f"cannot be read ({error.strerror})") from None
    finally:
        os.close(handle)


def _read(handle: int, max_bytes: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise ImageError("not a regular file")
    if status.st_size > max_bytes:
        raise ImageError(f"larger than {max_bytes} bytes")
    with os.fdopen(handle, "rb", closefd=False) as file:
        return file.read(max_bytes)


def _decode(data: bytes, limits: Limits) -> Image.Image:
    image = Image.open(_Pieces(data), formats=FORMATS)
    scans = len(SCAN.findall(data)) if image.format in ("JPEG", "MPO") else 1
    _check_size(image, scans, limits)
    image.load()
    upright = _unpack(_upright(image))
    upright.thumbnail((limits.max_side, limits.max_side), Image.Resampling.BICUBIC)
    return _on_white(upright)


def _check_size(image: Image.Image, scans: int, limits: Limits) -> None:
    """Choose a reduced size where that can be had, and refuse what is too much even so."""
    whole = image.width * image.height
    # JPEG alone can be decoded at a half, a quarter or an eighth; the others ignore this.
    image.draft("RGB" if image.mode != "CMYK" else "CMYK", (limits.max_side, limits.max_side))
    # One of several scans is unpacked whole before that, at 6 bytes a pixel and more.
    unpacked = scans > 1 or "progressive" in image.info
    pixels = whole if unpacked else image.width * image.height
    if pixels > limits.max_pixels or whole > limits.max_pixels * SHRUNK:
        raise ImageError(f"more than {limits.max_pixels} pixels")
    if whole * scans > limits.max_pixels * SHRUNK:  # each goes over all of it, if for nothing
        raise ImageError("made of too many scans")


def _upright(image: Image.Image) -> Image.Image:
    with contextlib.suppress(Exception):  # damaged EXIF is no reason to lose the picture
        ImageOps.exif_transpose(image, in_place=True)  # a copy may be 256 MB
    return image


def _unpack(image: Image.Image) -> Image.Image:
    """Colour by palette and 16-bit grey cannot be resized smoothly; give 8-bit channels."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, WHITE), rgba).convert("RGB")
