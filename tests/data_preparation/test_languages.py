"""Scripts and common words tell languages apart; what they cannot tell is left alone."""

import pytest

from data_preparation.cleaning.languages import check_language, guess_latin
from data_preparation.record import Record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When they say the food is free but you have to queue", "en"),
        ("Bila mereka kata makanan itu percuma tetapi kena beratur", "ms"),
        ("Orang macam ni memang tak patut ada di negara kita", "ms"),
        ("Why you so like that one, cannot make it", "en"),
        ("Makan lah", None),
        ("LOL", None),
        ("", None),
    ],
)
def test_english_against_malay(text: str, expected: str | None) -> None:
    assert guess_latin(text) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "我的CPU被烧了 lah 真的是够了"),
        ("ta", "அவன் super ஆ பேசுறான்"),
        ("en", "Don't say bojio, jom makan"),
        ("ms", "Boss ni memang the best"),
        ("en", "100% 😂"),
        ("zh", None),
        ("id", "这不是印尼文"),
        (None, "whatever"),
    ],
)
def test_mixed_and_unknown_rows_stay(language: str | None, text: str | None) -> None:
    record = Record("a", language=language, text=text)
    assert check_language(record) == record


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("zh", "When you finally get home", "not Chinese: mostly latin script"),
        ("zh", "これはひどいと思います", "not Chinese: mostly kana script"),
        ("ta", "Avan romba nallavan da", "not Tamil: mostly latin script"),
        ("en", "当你终于下班回到家", "not English: mostly han script"),
        ("ms", "This is what they want you to think about us", "not Malay: reads as English"),
        ("en", "Kenapa awak tidak pergi ke sekolah hari ini", "not English: reads as Malay"),
    ],
)
def test_rows_in_another_language_are_named(language: str, text: str, reason: str) -> None:
    assert check_language(Record("a", language=language, text=text)) == reason
