"""Text that looks the same becomes the same; what memes need stays; glosses go."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_preparation.cleaning.languages import drop_glosses
from data_preparation.cleaning.normalise import mend_text, normalise
from data_preparation.record import Record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("𝓗𝓪𝓽𝓮  \u200bspeech\ufeff", "Hate speech"),
        ("ＦＵＬＬ　ＷＩＤＴＨ！", "FULL WIDTH!"),
        ("“curly” ‘quotes’ it′s", "\"curly\" 'quotes' it's"),
        ("他说：“你好！”（笑）", "他说：“你好！”（笑）"),
        ("ＣＰＵ烧了，ok？", "CPU烧了，ok？"),
        ("TOP \r\n\r\n  BOTTOM\t!\n", "TOP\nBOTTOM !"),
        ("a &amp; b &lt;3 AT&T &nosuch;", "a & b <3 AT&T &nosuch;"),
        ("👩\u200d👧 ❤\ufe0f 🇸🇬", "👩\u200d👧 ❤\ufe0f 🇸🇬"),
        ("bell\x07 \u202eevil\u202c \ud800 \ue000 \ufffd", "bell evil"),
        ("கொ", "கொ"),  # two marks compose into one
        ("cafe\u0301", "café"),
    ],
)
def test_one_form(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(st.characters(codec=None)))
def test_the_form_is_stable_and_can_be_written(text: str) -> None:
    once = normalise(text)
    once.encode()
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} for c in once.replace("\n", ""))
    assert once == once.strip()
    assert "  " not in once


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "你好 (hello)", "你好"),
        ("zh", "外劳（foreign workers）又来了", "外劳又来了"),
        ("zh", "排队买组屋 (HDB)", "排队买组屋 (HDB)"),
        ("zh", "我(没)说 (1)", "我(没)说 (1)"),
        ("ta", "வணக்கம் (Vanakkam) நண்பா", "வணக்கம் நண்பா"),
        ("ms", "Selamat pagi (this is good morning)", "Selamat pagi"),
        ("ms", "Jom makan (nasi lemak)", "Jom makan (nasi lemak)"),
        ("en", "Go home (Note: said by a neighbour)", "Go home"),
        ("en", "Go home (I am joking)", "Go home (I am joking)"),
    ],
)
def test_glosses_go(language: str, text: str, expected: str) -> None:
    record = drop_glosses(Record("a", text=text, language=language))
    assert isinstance(record, Record)
    assert record.text == expected


def test_rows_with_nothing_left_are_dropped() -> None:
    assert mend_text(Record("a", text=" \u200b", caption="\n")) == "nothing left after normalising"
    row = drop_glosses(Record("a", text="(hello)", language="zh"))
    assert row == "nothing left without the gloss"
    kept = drop_glosses(Record("a", text="(hello)", caption="a dog", language="zh"))
    assert kept == Record("a", caption="a dog", language="zh")
