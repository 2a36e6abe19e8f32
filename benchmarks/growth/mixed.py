"""Lines as a careless or a hostile sender writes them: pictures of every kind, and no pictures."""

from collections.abc import Callable
from io import BytesIO
from itertools import cycle, islice, product
from pathlib import Path

from PIL import Image

from benchmarks.growth.images import meme

FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP"}
MODES = ("RGB", "RGBA", "L", "P", "CMYK", "1")
SIZES = (16, 240, 1000, 1600)  # pixels of width
ODD: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "flipped": lambda data: data[:60] + bytes(one ^ 255 for one in data[60:90]) + data[90:],
    "empty": lambda _: b"",
    "text": lambda _: b"no picture at all\n" * 99,
}


def write(folder: Path) -> list[str]:
    """Paths, of which some lead to pictures, some to damaged ones, and some nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [_picture(folder, *one) for one in product(SIZES, FORMATS, MODES)]
    whole = (folder / f"{SIZES[-1]}_RGB.png").read_bytes()
    for name, damage in ODD.items():
        (folder / f"{name}.png").write_bytes(damage(whole))
        found.append(str(folder / f"{name}.png"))
    return [*found, str(folder), str(folder / "missing.png"), "", "/dev/null", "x" * 9000]


def _picture(folder: Path, width: int, kind: str, mode: str) -> str:
    path = folder / f"{width}_{mode}.{kind}"
    if not path.is_file():
        path.write_bytes(_bytes(meme(width, width), mode, FORMATS[kind]))
    return str(path)


def _bytes(image: Image.Image, mode: str, kind: str) -> bytes:
    """In `mode` where the format has it, in RGB otherwise."""
    out = BytesIO()
    try:
        image.convert(mode).save(out, kind)
    except (OSError, ValueError):
        out = BytesIO()
        image.save(out, kind)
    return out.getvalue()


def lines(paths: list[str], count: int) -> list[str]:
    """`count` lines, all of `paths` by turns."""
    return list(islice(cycle(paths), count))
