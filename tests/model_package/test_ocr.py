"""What the real engines read off memes that were drawn with known words."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.render import Drawn, Meme, render
from model_package import ocr_tesseract
from model_package.errors import UserError
from model_package.ocr import Reader, make_reader
from model_package.ocr_line import Box, Found, Line, Pixels
from model_package.ocr_shrink import detector_size, for_detector, for_recognizer
from model_package.ocr_tesseract import TamilLines, find_languages
from model_package.profile import Ocr

SIZE = (600, 450)
WORDS = {
    "en": ("The lift is broken", "so I took the stairs"),
    "ms": ("Hujan turun lagi", "baju belum kering"),
    "zh": ("老板说今天不用加班", "我一句也不信"),
    "ta": ("மழை பெய்தது", "குடை வீட்டில் இருக்கிறது"),
}
MIXED = ("Boss சொன்னார் urgent", "நான் சொன்னேன் okay")
needs_tamil = pytest.mark.skipif(
    "tam" not in find_languages(), reason="apt-get install tesseract-ocr-tam"
)
each_language = pytest.mark.parametrize(
    "language", ["en", "ms", "zh", pytest.param("ta", marks=needs_tamil)]
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return make_reader(Ocr(), threads=1)


def busy(top: str, bottom: str, ground: str = "clouds", **how: object) -> Drawn:
    meme = Meme(top, bottom, size=40, **how)  # type: ignore[arg-type]
    return render(meme, GROUNDS[ground](SIZE, 11))


@each_language
def test_clean_lines_are_read_exactly(reader: Reader, language: str) -> None:
    paper = Image.new("RGB", SIZE, "white")
    drawn = render(Meme(*WORDS[language], ink="dark", capitals=False, size=40), paper)
    assert reader.read(drawn.image) == drawn.text


@each_language
@pytest.mark.parametrize("ground", ["clouds", "shapes"])
def test_outlined_lines_are_read_exactly(reader: Reader, language: str, ground: str) -> None:
    drawn = busy(*WORDS[language], ground, jpeg=80)
    assert reader.read(drawn.image) == drawn.text


@needs_tamil
def test_a_line_may_mix_tamil_and_english(reader: Reader) -> None:
    drawn = busy(*MIXED)
    assert reader.read(drawn.image) == drawn.text


def test_a_line_may_mix_chinese_and_english(reader: Reader) -> None:
    drawn = busy("Aiyo 今天又下雨", "deadline 是明天")
    assert reader.read(drawn.image) == drawn.text


def test_small_memes_are_read_too(reader: Reader) -> None:
    drawn = busy(*WORDS["en"])
    assert reader.read(drawn.image.resize((240, 180))).split() == drawn.text.split()


@pytest.mark.parametrize("mark", ["imgflip.com", "memegenerator.net", "www.somesite.com"])
def test_watermarks_are_left_out(reader: Reader, mark: str) -> None:
    drawn = busy(*WORDS["en"], watermark=mark)
    assert reader.read(drawn.image) == drawn.text


@each_language
def test_every_line_stands_where_it_was_drawn_and_once(reader: Reader, language: str) -> None:
    drawn = busy(*WORDS[language])
    read = reader.lines(drawn.image)
    assert [line.text for line in read] == [line.text for line in drawn.lines]
    for line, truth in zip(read, drawn.lines, strict=True):
        middle = (line.box[1] + line.box[3]) / 2
        assert truth.box[1] < middle < truth.box[3]
        assert 0.6 < line.score <= 1


@needs_tamil
def test_each_line_says_which_engine_read_it(reader: Reader) -> None:
    drawn = busy("Good morning", "காலை வணக்கம்")
    assert [line.engine for line in reader.lines(drawn.image)] == ["rapidocr", "tesseract"]


def test_without_a_tamil_reader_tamil_is_left_out_not_misread(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    latin_only = Reader(reader.finder, None, 0.6)
    assert latin_only.read(busy(*WORDS["ta"]).image) == ""
    assert caplog.text == ""


@pytest.mark.parametrize(
    "size", [(1, 1), (3, 4000), (4000, 3), (9, 3000), (3000, 9), (600, 450), (1280, 1280)]
)
def test_empty_pictures_say_nothing(
    reader: Reader, size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    assert reader.read(Image.new("RGB", size)) == ""
    assert caplog.text == ""


def test_noise_says_nothing(reader: Reader) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert reader.read(Image.fromarray(pixels)) == ""


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK"])
def test_other_modes_are_read_as_well(reader: Reader, mode: str) -> None:
    drawn = busy(*WORDS["en"])
    assert reader.read(drawn.image.convert(mode)).split() == drawn.text.split()


def test_reading_twice_gives_the_same_lines(reader: Reader) -> None:
    image = busy(*WORDS["ms"]).image
    assert reader.lines(image) == reader.lines(image)


@pytest.mark.parametrize("error", [RuntimeError, MemoryError])
def test_an_engine_that_fails_is_told_for_another_try_may_fare_better(
    error: type[Exception],
) -> None:
    class Broken:
        name = "broken"

        def lines(self, pixels: Pixels) -> list[Found]:
            raise error("secret words")

    with pytest.raises(error):
        Reader(Broken(), None, 0.5).read(Image.new("RGB", (50, 50)))


class First:
    """An engine that finds `lines`, and notes which of them it is asked to read."""

    name = "first"

    def __init__(self, *lines: tuple[str, float, Box]) -> None:
        self.found = [Line(*line, self.name) for line in lines]
        self.read: list[Box] = []

    def lines(self, pixels: Pixels) -> list[Found]:
        return [Found(line.box, partial(self._read, line)) for line in self.found]

    def _read(self, line: Line) -> Line:
        self.read.append(line.box)
        return line


class Second:
    """Reads the lines in `boxes`, and notes which it is asked for."""

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes
        self.asked: list[Box] = []

    def read_line(self, pixels: Pixels, box: Box) -> Line | None:
        self.asked.append(box)
        return Line("வணக்கம்", 0.95, box, "second") if box in self.boxes else None


def test_the_largest_doubtful_lines_go_to_the_second_engine_and_not_for_ever() -> None:
    boxes = [(0, 30 * n, 90 + n, 30 * n + 20) for n in range(1, 20)]
    first = First(("GOOD WORDS", 0.99, (0, 0, 900, 20)), *[("6T1LLT", 0.7, box) for box in boxes])
    second = Second()
    assert Reader(first, second, 0.6).read(Image.new("RGB", (600, 620))) == "GOOD WORDS"
    assert second.asked == boxes[:12:-1]


def test_a_sites_mark_is_left_out_before_the_second_engine_is_asked() -> None:
    large, mark, other = (0, 0, 300, 50), (0, 430, 80, 448), (0, 300, 290, 350)
    first = First(("6T1LLT", 0.7, large), ("imgflip.com", 0.99, mark), ("", 0.0, other))
    second = Second(large, mark, other)
    read = Reader(first, second, 0.6).read(Image.new("RGB", (600, 450)))
    assert read.split() == ["வணக்கம்", "வணக்கம்"]
    assert second.asked == [large, other]


def test_once_the_second_engine_has_read_a_line_it_is_asked_first() -> None:
    sure, large, tall = (0, 0, 400, 60), (0, 90, 390, 150), (0, 200, 200, 240)
    low = (0, 300, 100, 340)
    first = First(
        ("Half of it", 0.95, sure), ("Lπ", 0.6, large), ("L", 0.9, tall), ("Words", 0.99, low)
    )
    second = Second(sure, large, tall)
    read = Reader(first, second, 0.6).read(Image.new("RGB", (600, 450)))
    assert read.split() == ["வணக்கம்", "வணக்கம்", "வணக்கம்", "Words"]
    assert first.read == [sure, large, low]  # not the third, which the second could read
    assert second.asked == [large, tall, low, sure]  # each once


def test_many_sure_lines_that_it_cannot_read_do_not_hide_a_doubtful_one_that_it_can() -> None:
    tamil, last = (0, 0, 590, 60), (0, 560, 90, 590)
    sure = [(0, 70 * n, 500 - n, 70 * n + 40) for n in range(1, 8)]
    first = First(
        ("L", 0.6, tamil), *[("Good words", 0.99, box) for box in sure], ("6T1L", 0.7, last)
    )
    second = Second(tamil, last)
    read = Reader(first, second, 0.6).read(Image.new("RGB", (600, 600)))
    assert read.split("\n") == ["வணக்கம்", *["Good words"] * 7, "வணக்கம்"]
    assert second.asked == [tamil, *sure[:6], last]


@pytest.mark.parametrize(("text", "score", "tried"), [("Me:", 0.99, 0), ("5 L", 0.94, 1)])
def test_what_is_certain_is_not_tried_again_though_it_is_no_word(
    text: str, score: float, tried: int
) -> None:
    second = Second()
    reader = Reader(First((text, score, (0, 0, 90, 40))), second, 0.6)
    assert reader.read(Image.new("RGB", (600, 450))) == text
    assert len(second.asked) == tried


@needs_tamil
@pytest.mark.parametrize(
    ("text", "score", "tries"), [("கபத", 0.45, 3), ("கபத", 0.55, 8), ("கபதம", 0.35, 8)]
)
def test_few_letters_that_are_not_sure_are_no_hint_of_tamil(
    monkeypatch: pytest.MonkeyPatch, text: str, score: float, tries: int
) -> None:
    second, asked = TamilLines(find_languages()), []
    box = (0, 0, 300, 40)

    def read(letters: Pixels, box: Box) -> Line:
        asked.append(box)
        return Line(text, score, box, "tesseract")

    monkeypatch.setattr(second, "_read", read)
    assert second.read_line(np.zeros((40, 300, 3), np.uint8), box) is None
    assert len(asked) == tries


@needs_tamil
@pytest.mark.parametrize(("text", "tries"), [("HAPPY BIRTHDAY", 3), ("காலை வணக்கம்", 1)])
def test_a_line_without_a_hint_of_tamil_is_given_up_soon(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, text: str, tries: int
) -> None:
    [line, *_] = busy(text, "").lines
    pixels = np.asarray(busy(text, "").image)[..., ::-1].copy()
    second = TamilLines(find_languages())
    honest, asked = second._read, []

    def read(letters: Pixels, box: Box) -> Line:
        asked.append(box)
        return replace(honest(letters, box), score=0.85 if tries > 1 else 0.95)

    monkeypatch.setattr(second, "_read", read)
    assert (second.read_line(pixels, line.box) is None) is (tries > 1)
    assert len(asked) == tries


@pytest.mark.parametrize(
    ("size", "shrunk"),
    [
        ((1, 1), (32, 32)),
        ((480, 360), (480, 352)),
        ((600, 450), (480, 352)),
        ((450, 600), (352, 480)),
        ((800, 600), (640, 480)),
        ((1280, 1280), (736, 736)),
    ],
)
def test_lines_are_looked_for_in_a_smaller_picture(
    size: tuple[int, int], shrunk: tuple[int, int]
) -> None:
    assert detector_size(*size, max_side=736) == shrunk
    given = for_detector(np.full((*size[::-1], 3), (0, 51, 255), np.uint8), max_side=736)
    assert given.shape == (1, 3, *shrunk[::-1])
    assert [float(channel.max()) for channel in given[0]] == pytest.approx([-1, -0.6, 1])


@pytest.mark.parametrize(("size", "width"), [((30, 60), 160), ((480, 48), 480), ((600, 30), 960)])
def test_lines_are_read_at_one_height_and_short_ones_are_filled_up(
    size: tuple[int, int], width: int
) -> None:
    given = for_recognizer(np.full((*size[::-1], 3), 255, np.uint8))
    assert given.shape == (1, 3, 48, width)
    assert given[0, 0, 0, -1] == (0 if width == 160 else 1)


def test_missing_tamil_is_said_once_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ocr_tesseract, "FOLDERS", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    reader = make_reader(Ocr(), threads=1)
    assert reader.second is None
    assert caplog.messages == ["Tesseract lacks Tamil; run: sudo apt-get install tesseract-ocr-tam"]


def test_languages_are_looked_for_where_tessdata_prefix_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tam.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert find_languages()["tam"] == tmp_path


def test_unknown_engines_and_none_at_all_are_the_users_mistake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="no OCR engine is called 'easyocr'; choose from rapidocr"):
        make_reader(Ocr(engines=("easyocr",)), threads=1)
    monkeypatch.setattr(ocr_tesseract, "FOLDERS", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    with pytest.raises(UserError, match="run: pip install rapidocr"):
        make_reader(Ocr(engines=("tesseract",)), threads=1)


@pytest.mark.skipif("eng" not in find_languages(), reason="apt-get install tesseract-ocr-eng")
def test_tesseract_alone_reads_clean_text() -> None:
    reader = make_reader(Ocr(engines=("tesseract",)), threads=1)
    paper = Image.new("RGB", SIZE, "white")
    drawn = render(Meme(*WORDS["en"], ink="dark", capitals=False, size=40), paper)
    assert reader.read(drawn.image) == drawn.text


OFFLINE = """
import socket, sys
def refuse(*_): raise SystemExit("a connection was tried")
socket.socket.connect = socket.getaddrinfo = refuse
import model_package.ocr
print(sorted({"cv2", "rapidocr", "onnxruntime", "tesserocr"} & set(sys.modules)), file=sys.stderr)
from PIL import Image
from model_package.profile import Ocr
print(model_package.ocr.make_reader(Ocr(), 64).read(Image.open(sys.argv[1])), file=sys.stderr)
"""


def test_it_needs_no_network_prints_nothing_and_imports_late(
    tmp_path: Path, folder_listing: Callable[[], list[str]]
) -> None:
    busy(*WORDS["en"]).image.save(tmp_path / "meme.png")
    before = folder_listing()
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path / "meme.png")],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert run.stdout == ""
    assert run.stderr.splitlines() == ["[]", "THE LIFT IS BROKEN", "SO I TOOK THE STAIRS"]
    assert folder_listing() == before


@pytest.fixture
def folder_listing() -> Callable[[], list[str]]:
    """The files beside RapidOCR's models, where it would put a download."""
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    return lambda: sorted(path.name for path in folder.iterdir())
