"""The measure of OCR: its memes, its counts, and what it says when fonts are missing."""

import io
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import ocr_material
from benchmarks.ocr_drawing import STYLES, Case, draw
from benchmarks.ocr_material import HELD_OUT, Material, Wanted, load_material
from benchmarks.ocr_quality import main, measure, row
from model_package.ocr import Reader
from model_package.ocr_line import Found, Line, Pixels
from model_package.toml_file import read_toml

TUNING = HELD_OUT.with_name("ocr_tuning.toml")


@pytest.fixture(scope="module")
def material() -> Material:
    return load_material(TUNING)


class Fixed:
    """An engine that reads the same lines off every image."""

    name = "fixed"

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def lines(self, pixels: Pixels) -> list[Found]:
        lines = [
            Line(text, 0.99, (0, 60 * n, 500, 60 * n + 40), self.name)
            for n, text in enumerate(self.texts)
        ]
        return [Found(line.box, partial(replace, line)) for line in lines]


def case(text: str) -> Case:
    stream = io.BytesIO()
    Image.new("RGB", (600, 450)).save(stream, "PNG")
    return Case(stream.getvalue(), text)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_is_a_png_with_the_words_in_it(material: Material, style: str) -> None:
    ground = Image.new("RGB", (600, 450), "teal")
    fonts = {script: files[0] for script, files in material.fonts.items()}
    drawn = draw(("Good day", "வணக்கம்"), STYLES[style], ground, fonts, 0)
    image = Image.open(io.BytesIO(drawn.png))
    assert drawn.text == ("GOOD DAY\nவணக்கம்" if STYLES[style].capitals else "Good day\nவணக்கம்")
    assert image.mode == ("RGBA" if style == "clear" else "RGB")
    assert image.width == 600
    assert (image.height > 450) == (style == "bars")


def test_the_same_cases_come_every_time(material: Material) -> None:
    first, second = (next(material.cases("zh", "outlined")) for _ in range(2))
    assert first == second
    assert first.text.replace("\n", "") == "".join(material.sentences["zh"][0])


def test_what_was_lost_added_and_let_through_is_counted() -> None:
    reader = Reader(Fixed("GO HO ME", "imgfip.com", "今天"), None, 0.5)
    score = measure(reader, case("GO HOME NOW"))
    assert (score.spaces, score.kept, score.added) == (2, 1, 3)
    assert (score.mark, score.junk, score.lines) == (10, 1, 3)
    perfect = measure(Reader(Fixed("GO HOME", "NOW"), None, 0.5), case("GO HOME\nNOW"))
    assert (perfect.similarity, perfect.kept, perfect.mark, perfect.junk) == (1, 2, 0, 0)


def test_a_row_has_the_mean_its_interval_and_the_worst() -> None:
    reader = Reader(Fixed("AB"), None, 0.5)
    scores = [measure(reader, case("AB")), measure(reader, case("ABCDEF"))]
    cells = [cell.strip() for cell in row("en", "bars", scores).strip("|").split("|")]
    assert cells[:5] == ["en", "bars", "2", "0.750 (0.500-1.000)", "0.50"]


def test_held_out_and_tuned_have_no_sentence_and_no_font_in_common() -> None:
    held, tuned = (read_toml(path, Wanted) for path in (HELD_OUT, TUNING))
    texts = [
        {text for rows in vars(one.sentences).values() for words in rows for text in words}
        for one in (held, tuned)
    ]
    assert texts[0].isdisjoint(texts[1])
    fonts = [
        {name for names in vars(one.fonts).values() for name in names} for one in (held, tuned)
    ]
    assert fonts[0].isdisjoint(fonts[1])
    assert {len(rows) for rows in vars(held.sentences).values()} == {16}


def test_missing_fonts_and_pictures_are_one_line_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--material", str(TUNING), "--templates", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"ocr_quality: {tmp_path} holds no .jpg or .png picture; "
        "name another folder by --templates\n"
    )
    monkeypatch.setattr(ocr_material, "FOLDERS", (tmp_path,))
    assert main(["--material", str(TUNING)]) == 2
    assert capsys.readouterr().err == (
        "ocr_quality: fonts or photographs are missing; "
        "run: sudo apt-get install fonts-noto-core fonts-noto-cjk\n"
    )
