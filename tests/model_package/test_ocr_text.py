"""Watermarks, junk and reading order, on lines made by hand."""

import numpy as np
import pytest

from model_package.ocr_line import Box, Line
from model_package.ocr_rapid import SpacedCtc
from model_package.ocr_rows import in_rows
from model_package.ocr_text import is_junk, tamil_share, tidy, without_watermark


def line(text: str, box: Box, score: float = 0.9, engine: str = "a") -> Line:
    return Line(text, score, box, engine)


@pytest.mark.parametrize(
    ("text", "height", "top", "left"),
    [
        ("imgflip.com", 0.03, 0.96, ""),
        ("IMGFLIP.COM", 0.03, 0.1, ""),
        ("imgrmp.com", 0.03, 0.96, ""),
        ("i gf tom", 0.03, 0.96, ""),
        ("imgflip.ċom", 0.03, 0.96, ""),
        ("www.some-site.org/a", 0.04, 0.5, ""),
        ("some-site.org", 0.12, 0.5, "some-site.org"),
        ("SAW IT ON 9GAG TODAY", 0.1, 0.1, "SAW IT ON 9GAG TODAY"),
        ("- imgflip -", 0.1, 0.1, ""),
        ("HELLO imgflip.com", 0.1, 0.9, "HELLO"),
        ("made it.", 0.03, 0.95, "made it."),
        ("今天", 0.03, 0.95, "今天"),
    ],
)
def test_watermarks_go_and_words_stay(text: str, height: float, top: float, left: str) -> None:
    assert without_watermark(text, height, top) == left


@pytest.mark.parametrize("text", ["6T1LLT6", "L T", "2历L⑥Uπ⑥", "", "!?", "ウ5LCLT", "61600 265"])
def test_tamil_in_the_wrong_alphabet_is_junk(text: str) -> None:
    assert is_junk(text)


@pytest.mark.parametrize("text", ["Wah, see la", "今天", "AIYO 今天", "காலை", "ROSÉ", "the 2 of us"])
def test_words_are_no_junk(text: str) -> None:
    assert not is_junk(text)


def test_tamil_is_tidied_and_measured() -> None:
    assert tidy("க\u0bc6\u0bbe\u200c  ட ") == "கொ ட"
    assert tamil_share("மழை") == 1
    assert tamil_share("ab மழ") == 0.5
    assert tamil_share(" ") == 0


def test_lines_come_in_reading_order() -> None:
    low, high = line("low", (0, 90, 50, 110)), line("high", (40, 10, 90, 30))
    assert in_rows([low, high]) == [high, low]
    assert in_rows([]) == []


def test_parts_of_a_row_are_joined_left_to_right() -> None:
    parts = [line("world", (70, 12, 120, 32), 0.7, "b"), line("hello", (0, 10, 60, 30))]
    assert in_rows(parts) == [line("hello world", (0, 10, 120, 32), 0.7, "a+b")]


def test_columns_stay_apart() -> None:
    left, right = line("left", (0, 10, 60, 30)), line("right", (300, 10, 360, 30))
    assert in_rows([right, left]) == [left, right]


def test_a_small_mark_beside_large_words_is_a_line_of_its_own() -> None:
    words, mark = line("words", (0, 10, 160, 60)), line("mark", (165, 40, 200, 58))
    assert in_rows([mark, words]) == [words, mark]


def probas(
    steps: str, space: dict[int, float]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Steps of certain characters, `-` for none, with some probability of a space there."""
    table = np.zeros((len(steps), len(CLASSES)), np.float32)
    for n, character in enumerate(steps):
        table[n, CLASSES.index(character)] = 0.9
        table[n, CLASSES.index(" ")] = max(space.get(n, 0), table[n, CLASSES.index(" ")])
    return table


CLASSES = ["-", "a", "b", "今", "天", " "]


@pytest.mark.parametrize(
    ("steps", "space", "text"),
    [
        ("aa-a-b", {}, "aab"),
        ("a--b", {2: 0.05}, "a b"),
        ("a--b", {2: 0.005}, "ab"),
        ("a- -b", {}, "a b"),
        ("a-今-天", {1: 0.3, 3: 0.3}, "a 今天"),
        ("ab", {1: 0.5}, "ab"),
        ("----", {1: 0.5}, ""),
        (" a ", {}, "a"),
    ],
)
def test_doubtful_spaces_are_kept(steps: str, space: dict[int, float], text: str) -> None:
    assert SpacedCtc(CLASSES).decode(probas(steps, space))[0] == text
