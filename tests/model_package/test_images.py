"""Untrusted files become upright RGB pictures, or one reason."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from model_package.images import ImageError, decode_image, load_image
from model_package.profile import Limits

LIMITS = Limits()
RED = (255, 0, 0)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """`image` as a file of format `kind`."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corner(data: bytes) -> tuple[int, ...]:
    """The top left pixel after decoding."""
    pixel = decode_image(data, LIMITS).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "WEBP", "JPEG"])
def test_each_format_is_read(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    pixel = corner(encode(Image.new("RGB", (40, 30), RED), kind, **options))
    assert np.allclose(pixel, RED, atol=2)


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        (Image.new("RGBA", (9, 9), (255, 0, 0, 0)), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (9, 9), (255, 0, 0, 128)), "PNG", (255, 127, 127)),
        (Image.new("LA", (9, 9), (0, 0)), "PNG", (255, 255, 255)),
        (Image.new("L", (9, 9), 7), "PNG", (7, 7, 7)),
        (Image.new("1", (9, 9), 1), "PNG", (255, 255, 255)),
        (Image.new("P", (9, 9), 0), "GIF", (0, 0, 0)),
        (Image.fromarray(np.full((9, 9), 40000, np.uint16)), "PNG", (156, 156, 156)),
        (Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "JPEG", RED),
    ],
)
def test_each_mode_becomes_rgb(
    image: Image.Image, kind: str, expected: tuple[int, int, int]
) -> None:
    assert np.allclose(corner(encode(image, kind)), expected, atol=2)


def test_transparency_of_a_palette_lies_on_white() -> None:
    assert corner(encode(Image.new("P", (9, 9), 0), "PNG", transparency=0)) == (255, 255, 255)


def test_a_gif_gives_its_first_frame() -> None:
    second = Image.new("RGB", (9, 9), (0, 0, 255))
    data = encode(Image.new("RGB", (9, 9), RED), "GIF", save_all=True, append_images=[second])
    assert corner(data) == RED


def test_orientation_from_exif_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    assert decode_image(data, LIMITS).size == (20, 40)


def test_large_pictures_are_made_small_and_keep_their_shape() -> None:
    data = encode(Image.new("RGB", (4000, 1000)), "JPEG")
    assert decode_image(data, LIMITS).size == (1280, 320)


def test_too_many_pixels_are_refused_before_decoding() -> None:
    data = encode(Image.new("L", (100, 100)), "PNG")
    with pytest.raises(ImageError, match="more than 99 pixels"):
        decode_image(data, Limits(max_pixels=99))


def test_a_jpeg_above_the_limit_is_read_at_a_reduced_size() -> None:
    data = encode(Image.new("RGB", (2000, 1600), RED), "JPEG")
    picture = decode_image(data, Limits(max_pixels=200_000, max_side=250))
    assert picture.size == (250, 200)
    assert np.allclose(np.asarray(picture)[100, 100], RED, atol=2)


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("L", (2000, 1600)), {"progressive": True}),  # unpacked whole
        (Image.new("L", (2000, 2000)), {}),  # 20 times the limit
    ],
)
def test_a_jpeg_that_costs_too_much_even_so_is_refused(
    image: Image.Image, options: dict[str, object]
) -> None:
    with pytest.raises(ImageError, match="more than 200000 pixels"):
        decode_image(encode(image, "JPEG", **options), Limits(max_pixels=200_000, max_side=250))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a PNG"),
        (b"just some text", "not a PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a PNG"),
        (encode(Image.effect_noise((90, 90), 50), "PNG")[:-3000], "damaged"),
    ],
)
def test_other_bytes_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ImageError, match=reason):
        decode_image(data, LIMITS)


def test_places_that_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    places = [tmp_path, tmp_path / "fifo", tmp_path / "loop", "/dev/zero", "", "a\0b", "x" * 5000]
    for place in places:
        with pytest.raises(ImageError):
            load_image(str(place), LIMITS)


def test_a_path_that_leads_outside_the_root_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.png"
    inside.mkdir()
    Image.new("RGB", (9, 9)).save(outside)
    Image.new("RGB", (9, 9)).save(inside / "a.png")
    (inside / "link.png").symlink_to(outside)
    assert load_image(str(inside / "a.png"), LIMITS, inside).size == (9, 9)
    for path in (outside, inside / "link.png", inside / ".." / "out.png"):
        with pytest.raises(ImageError, match="outside the image root"):
            load_image(str(path), LIMITS, inside)


def test_reasons_hold_nothing_of_the_file() -> None:
    info = PngInfo()
    info.add_text("Comment", "SECRET")
    data = encode(Image.effect_noise((90, 90), 50), "PNG", pnginfo=info)
    with pytest.raises(ImageError) as caught:
        decode_image(data[:-3000], LIMITS)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
