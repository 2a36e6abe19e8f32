"""Places made by hand, files and others: each the worst of its kind, with what it must give."""

import os
import socket
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from tests.hostile.mutate import png_chunk
from tests.hostile.seeds import SIDE, encode, picture, seeds

MOST = 64_000_000  # bytes of a file, and pixels of a picture, that are taken
NO_IMAGE = "not a PNG, JPEG, WebP, GIF or BMP image"
LARGE = "more than 64000000 pixels"
FOREIGN = ("tiff", "ico")
PARTS = "made of too many parts"


Kind = dict[str, tuple[bytes, tuple[int, int] | str]]


@dataclass(frozen=True)
class Place:
    """wanted: the size of the picture, or what the reason says."""

    path: bytes
    wanted: tuple[int, int] | str


def make_places(folder: Path) -> Mapping[str, Place]:
    """All of them, below `folder`."""
    made = {**_files(folder), **_oddities(folder), **_names(folder)}
    return {name: Place(*one) for name, one in made.items()}


def _files(folder: Path) -> Kind:
    made: Kind = {}
    for name, (data, wanted) in {**_bombs(), **_shapes(), **_colours(), **_metadata()}.items():
        path = folder / f"{name}.png"  # whatever it holds
        path.write_bytes(data)
        made[name] = os.fsencode(path), wanted
    return made


def png(width: int, height: int, before: bytes = b"", rows: int | None = None) -> bytes:
    """A black PNG of one bit a pixel, with further chunks before its pixels.

    rows: of pixels that are really there.
    """
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    row = bytes(1 + (width + 7) // 8)
    packed = zlib.compress(row * (height if rows is None else rows))
    tail = png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + before + tail


@cache
def zeros(mib: int) -> bytes:
    """So many MiB of zeros, deflated to a thousandth."""
    return zlib.compress(bytes(mib * 2**20))


def jpeg_of_scans(side: int, scans: int) -> bytes:
    """A grey progressive JPEG whose scans say in a few bytes that all blocks are empty."""
    frame = struct.pack(">HBHHB", 11, 8, side, side, 1) + b"\x01\x11\x00"
    table = b"\x00\x43\x00" + bytes([1] * 64)
    # Two codes, of one and two bits: a run of 16384 and more empty blocks, and of one block.
    codes = b"\x00\x15\x10" + bytes([1, 1] + [0] * 14) + b"\xe0\x00"
    direct = b"\x00\x14\x00" + bytes([1] + [0] * 15) + b"\x00"
    runs = -(-((side // 8) ** 2) // 32767)
    bits = ("0" + "1" * 14) * runs
    packed = int(bits + "1" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big")
    body = packed.replace(b"\xff", b"\xff\x00")
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x01\x00" + body
    return (
        b"\xff\xd8\xff\xdb" + table + b"\xff\xc2" + frame + b"\xff\xc4" + codes
        + b"\xff\xc4" + direct + scan * scans + b"\xff\xd9"
    )  # fmt: skip


def bmp_of_runs(side: int, size: int) -> bytes:
    """A BMP of `size` bytes whose runs are one pixel long."""
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, size, 0, 0, 256, 0)
    start = 14 + len(head) + 1024
    return (
        struct.pack("<2sIII", b"BM", size, 0, start)
        + head
        + bytes(1024)
        + b"\1\7" * ((size - start) // 2)
    )


def resized(kind: str, place: int, form: str, side: int) -> bytes:
    """A sound file whose head says that it is `side` pixels wide and high."""
    number = struct.pack(form, side, side)
    data = seeds()[kind]
    return data[:place] + number + data[place + len(number) :]


def _bombs() -> Kind:
    frame = seeds()["jpeg-grey"].index(b"\xff\xc0") + 5
    gif = seeds()["gif"]
    block = gif.index(b",", 13 + 768) + 5
    return {
        "png-50000": (png(50000, 50000, rows=1), LARGE),
        "png-8000": (png(8000, 8000), (1280, 1280)),
        "png-8001": (png(8001, 8000, rows=1), LARGE),
        "png-text": (png(9, 9, png_chunk(b"zTXt", b"a\0\0" + zeros(65))), "damaged image"),
        "png-profile": (png(9, 9, png_chunk(b"iCCP", b"a\0\0" + zeros(65))), "damaged image"),
        "png-texts": (png(9, 9, png_chunk(b"zTXt", b"a\0\0" + zeros(20)) * 4), "damaged image"),
        "png-chunks": (png(9, 9, png_chunk(b"abCd", b"") * 1_500_000), PARTS),
        "jpeg-65000": (resized("jpeg-grey", frame, ">HH", 65000), LARGE),
        "jpeg-segments": (b"\xff\xd8" + b"\xff\xe5\0\2" * 4_000_000, PARTS),
        "jpeg-scans": (jpeg_of_scans(8000, 4000), "made of too many scans"),
        "gif-screen": (resized("gif", 6, "<HH", 65535), LARGE),
        "gif-frame": (gif[:block] + b"\xff\xff\xff\xff" + gif[block + 4 :], LARGE),
        "gif-comments": (gif[:781] + b"!\xfe\1a\0" * 1_500_000 + gif[781:], PARTS),
        "webp": (_webp(16383), LARGE),
        "bmp-65000": (resized("bmp", 18, "<ii", 65000), LARGE),
        "bmp-runs": (bmp_of_runs(8000, 20_000_000), PARTS),
    }  # fmt: skip


def _webp(side: int) -> bytes:
    bits = struct.pack("<I", (side - 1) | (side - 1) << 14)
    body = b"WEBPVP8L" + struct.pack("<I", 30) + b"\x2f" + bits + bytes(25)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _shapes() -> Kind:
    one, wide, tall = (Image.new("RGB", size) for size in ((1, 1), (30000, 1), (1, 30000)))
    made: Kind = {}
    for kind in ("PNG", "JPEG", "GIF", "BMP"):
        made[f"one-{kind}"] = encode(one, kind), (1, 1)
        made[f"wide-{kind}"] = encode(wide, kind), (1280, 1)
        made[f"tall-{kind}"] = encode(tall, kind), (1, 1280)
    made["one-WEBP"] = encode(one, "WEBP"), (1, 1)
    made["wide-WEBP"] = encode(Image.new("RGB", (16383, 1)), "WEBP"), (1280, 1)
    return made


def _colours() -> Kind:
    sound: Kind = {
        name: (data, (SIDE, SIDE)) for name, data in seeds().items() if name not in FOREIGN
    }
    deep = encode(Image.fromarray(np.full((48, 48), 40000, np.uint16)), "PNG")
    foreign: Kind = {name: (seeds()[name], NO_IMAGE) for name in FOREIGN}
    return {**sound, **foreign, "deep": (deep, (48, 48))}


def _metadata() -> Kind:
    plain = picture().crop((0, 0, 48, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encode(plain, "JPEG", exif=exif)
    exif[0x010E] = "x" * 60_000
    huge = exif.tobytes() + bytes(20_000_000)
    endless = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 0xFFFF, 0x0112, 4, 0xFFFFFFFF, 8)
    return {
        "exif-turned": (turned, (20, 48)),
        "exif-long": (encode(plain, "JPEG", exif=exif), (20, 48)),
        "exif-huge": (png(48, 20, png_chunk(b"eXIf", huge.removeprefix(b"Exif\0\0"))), (20, 48)),
        "exif-endless": (encode(plain, "JPEG", exif=endless), (48, 20)),
        "xmp": (encode(plain, "JPEG", xmp=b'<x tiff:Orientation="6' * 2000), (20, 48)),
    }


def _oddities(folder: Path) -> Kind:
    os.mkfifo(folder / "fifo.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(folder / "socket.png"))
    for name, size in (("sparse.png", 10**12), ("zeros.png", MOST)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
    (folder / "empty.png").touch()
    wanted = {
        "fifo": "not a regular file",
        "loop": "cannot be opened (Too many levels of symbolic links)",
        "zero": "not a regular file",
        "folder": "not a regular file",
        "socket": "cannot be opened (No such device or address)",
        "sparse": "larger than 64000000 bytes",
        "zeros": NO_IMAGE,
        "empty": NO_IMAGE,
        "missing": "cannot be opened (No such file or directory)",
    }
    made: Kind = {key: (os.fsencode(folder / f"{key}.png"), value) for key, value in wanted.items()}
    below = os.fsencode(folder / "empty.png" / "below.png")
    return made | {
        "below": (below, "cannot be opened (Not a directory)"),
        "memory": (b"/proc/self/mem", "cannot be read (Input/output error)"),
        "environment": (b"/proc/self/environ", NO_IMAGE),
        "terminal": (b"/dev/tty", ""),
        "descriptor": (b"/proc/self/fd/0", "not a regular file"),
        "nul": (os.fsencode(folder / "one-PNG.png") + b"\0.png", "a NUL in the path"),
        "long": (b"/" + b"a/" * 4000, "cannot be opened (File name too long)"),
        "nothing": (b"", "the line is empty"),
    }


def _names(folder: Path) -> Kind:
    data, made = seeds()["png"], {}
    names: list[bytes] = [b"two\nlines.png", b"\xff\xfe\x80.png", b"\x1b[31m.png", b"-rf.png"]
    for name in [*names, "\u202egnp.png".encode(), b" .png ", b"\\n.png", b"a" * 255]:
        path = os.fsencode(folder) + b"/" + name
        with open(path, "wb") as file:
            file.write(data)
        made[repr(name)] = path, (48, 48)
    return made  # type: ignore[return-value]
