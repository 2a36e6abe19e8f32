"""Damages files of pictures in ways that keep decoders reading; the same for the same seed."""

import random
import struct
import zlib
from collections.abc import Callable, Iterator

from tests.hostile.seeds import seeds

LIES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEAD = 64  # bytes in which most formats keep their sizes
Damage = Callable[[random.Random, bytes], bytes]


def flip(rng: random.Random, data: bytes) -> bytes:
    """One to twenty bits the other way."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, data: bytes) -> bytes:
    """Only a beginning."""
    return data[: rng.randrange(len(data))]


def drop(rng: random.Random, data: bytes) -> bytes:
    """Without a stretch."""
    start, end = _stretch(rng, data)
    return data[:start] + data[end:]


def repeat(rng: random.Random, data: bytes) -> bytes:
    """A stretch twice or very often."""
    start, end = _stretch(rng, data)
    return data[:end] + data[start:end] * rng.choice([1, 2, 100]) + data[end:]


def swap(rng: random.Random, data: bytes) -> bytes:
    """Two neighbouring stretches in each other's place."""
    first, second, third = sorted(rng.choices(range(len(data) + 1), k=3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def insert(rng: random.Random, data: bytes) -> bytes:
    """Noise in between."""
    place = rng.randrange(len(data))
    return data[:place] + rng.randbytes(rng.randint(1, 400)) + data[place:]


def lie(rng: random.Random, data: bytes) -> bytes:
    """A wrong number of one, two or four bytes in the head, where sizes and lengths stand."""
    form = rng.choice(["B", "<H", ">H", "<I", ">I"])
    number = struct.pack(form, rng.choice(LIES) & (256 ** struct.calcsize(form) - 1))
    place = rng.randrange(min(HEAD, len(data)))
    return data[:place] + number + data[place + len(number) :]


def splice(rng: random.Random, data: bytes) -> bytes:
    """The head of another format before the body of this one."""
    other = rng.choice(sorted(seeds().items()))[1]
    return other[: rng.randrange(HEAD)] + data[rng.randrange(HEAD) :]


def chunks(rng: random.Random, data: bytes) -> bytes:
    """PNG: chunks shuffled, doubled, dropped or changed, with sums that are right again."""
    if not data.startswith(b"\x89PNG"):
        return segments(rng, data)
    parts = list(_png_chunks(data))
    for _ in range(rng.randint(1, 3)):
        one = rng.randrange(len(parts))
        kind, body = parts[one]
        changed = flip(rng, body) if body else rng.randbytes(20)
        parts[one : one + 1] = rng.choice([[], [(kind, body)] * 2, [(kind, changed)]])
        parts = parts or [(kind, body)]
    if rng.random() < 0.3:
        rng.shuffle(parts)
    return data[:8] + b"".join(png_chunk(*part) for part in parts)


def segments(rng: random.Random, data: bytes) -> bytes:
    """JPEG: segments in another order, doubled or dropped; other formats: as `swap`."""
    if not data.startswith(b"\xff\xd8"):
        return swap(rng, data)
    parts = data[2:].split(b"\xff")
    one, two = rng.randrange(len(parts)), rng.randrange(len(parts))
    parts[one], parts[two] = rng.choice([(parts[two], parts[one]), (parts[one], parts[one])])
    return b"\xff\xd8" + b"\xff".join(parts)


DAMAGES: tuple[Damage, ...] = (flip, cut, drop, repeat, swap, insert, lie, lie, splice, chunks)


def corpus(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """So many damaged files, each with a name that tells what was done; one or two damages a file.

    Each variant and each damage comes about equally often.
    """
    rng = random.Random(seed)
    sound = sorted(seeds().items())
    for number in range(count):
        variant, data = sound[number % len(sound)]
        chosen = rng.sample(DAMAGES, rng.choice([1, 1, 2]))
        for damage in chosen:
            data = damage(rng, data) or b"\0"
        yield f"{number:05}-{variant}-{'-'.join(one.__name__ for one in chosen)}", data


def _stretch(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.randint(1, 200))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        yield kind, data[place + 8 : place + 8 + length]
        place += length + 12


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG, length and sum and all."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
