"""Drawn memes: the words are all there, where they should be, and the same each time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.drawing.fonts import load_font, runs
from data_preparation.drawing.scenes import SCENES, draw_scene
from data_preparation.drawing.wrap import fit, pieces, wrap
from data_preparation.render import Meme, render
from model_package.errors import UserError

SIZE = (320, 240)
PICTURE = Image.new("RGB", SIZE, (40, 90, 160))


@pytest.fixture
def no_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEMESIEVE_FONTS", str(tmp_path))
    load_font.cache_clear()
    yield
    load_font.cache_clear()


def letters(text: str) -> float:
    return float(len(text))


def same(first: Image.Image, second: Image.Image) -> bool:
    return ImageChops.difference(first, second).getbbox() is None


def test_words_are_broken_at_spaces_and_stay_whole() -> None:
    assert wrap("one two three four", 9, letters) == ["one two", "three", "four"]
    assert wrap("incomprehensible", 5, letters) == ["incomprehensible"]
    assert wrap("first\nsecond", 20, letters) == ["first", "second"]


def test_chinese_is_broken_between_characters_but_not_before_a_comma() -> None:
    assert wrap("今天天气好", 2, letters) == ["今天", "天气", "好"]
    assert wrap("今天，天气好", 2, letters) == ["今", "天，", "天气", "好"]
    assert pieces("吃 WIFI 了") == ["吃 ", "WIFI ", "了"]


def test_text_is_made_small_enough_to_fit() -> None:
    few, many = (fit("word " * count, 300, 80, 52) for count in (2, 40))
    assert few.size == 52
    assert many.size < 30
    assert many.height <= 80
    assert " ".join(many.lines) == ("word " * 40).strip()


def test_lines_are_evened_out() -> None:
    assert fit("one two three four five six seven", 600, 200, 52).lines == (
        "one two three",
        "four five six seven",
    )


def test_the_truth_is_what_was_drawn_from_top_to_bottom() -> None:
    drawn = render(Meme("up here", "down", below="and below", watermark="site.com"), PICTURE)
    assert drawn.text == "UP HERE\nDOWN\nand below"
    assert drawn.image.height > PICTURE.height
    tops = [line.box[1] for line in drawn.lines]
    assert tops == sorted(tops)
    assert tops[0] < 20
    assert PICTURE.height * 0.66 < tops[1] < PICTURE.height < tops[2]


@pytest.mark.parametrize("text", ["Plain words", "今天天气", "காலை வணக்கம்"])
def test_ink_lies_inside_the_line_and_nowhere_else(text: str) -> None:
    drawn = render(Meme(text, size=30), PICTURE)
    left, top, right, bottom = ImageChops.difference(drawn.image, PICTURE).getbbox() or (0,) * 4
    boxes = [line.box for line in drawn.lines]
    assert right - left > 80
    assert min(box[0] for box in boxes) - 4 <= left
    assert right <= max(box[2] for box in boxes) + 4
    assert boxes[0][1] - 4 <= top
    assert bottom <= boxes[-1][3] + 4


def test_tamil_vowels_stand_around_their_consonant() -> None:
    composed, apart = (
        render(Meme(t), PICTURE).image for t in ("\u0b95\u0bca", "\u0b95\u0bc6\u0bbe")
    )
    assert not same(composed, PICTURE)
    assert same(composed, apart)
    assert load_font("tamil", 40).getlength("\u0b95\u0bca") > load_font("tamil", 40).getlength(
        "\u0b95"
    )


def test_each_script_has_its_font() -> None:
    assert runs("Hi 你好 மழை!") == [
        ("latin", "Hi "),
        ("han", "你好"),
        ("latin", " "),
        ("tamil", "மழை"),
        ("latin", "!"),
    ]


def test_a_transparent_ground_stays_transparent() -> None:
    clear = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    for jpeg in (None, 40):
        image = render(Meme("words", jpeg=jpeg), clear).image
        assert image.mode == "RGBA"
        assert image.getchannel("A").getpixel((2, 120)) == 0
        assert image.getchannel("A").getextrema() == (0, 255)


def test_jpeg_noise_changes_little_and_not_the_size() -> None:
    clean, noisy = (render(Meme("words", jpeg=quality), PICTURE).image for quality in (None, 40))
    assert noisy.size == clean.size
    assert not same(clean, noisy)


@pytest.mark.parametrize("name", GROUNDS)
def test_grounds_repeat_by_seed(name: str) -> None:
    draw = GROUNDS[name]
    assert draw(SIZE, 3).size == SIZE
    assert same(draw(SIZE, 3), draw(SIZE, 3))
    assert not same(draw(SIZE, 3), draw(SIZE, 4))


@pytest.mark.parametrize("name", SCENES)
def test_figures_stand_on_a_transparent_ground(name: str) -> None:
    image = draw_scene(name, SIZE)
    assert (image.mode, image.size) == ("RGBA", SIZE)
    assert image.getchannel("A").getextrema() == (0, 255)


def test_the_picture_given_is_not_written_on() -> None:
    picture = PICTURE.copy()
    render(Meme("words", below="more"), picture)
    assert same(picture, PICTURE)


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize(
    ("text", "package"),
    [("words", "fonts-noto-core"), ("今天", "fonts-noto-cjk"), ("காலை", "fonts-noto-core")],
)
def test_a_missing_font_is_named_with_its_package(text: str, package: str) -> None:
    with pytest.raises(UserError, match=f"not installed; run: sudo apt-get install {package}"):
        render(Meme(text), PICTURE)
