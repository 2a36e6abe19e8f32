"""Whom a text speaks of, in four languages."""

import pytest

from data_preparation.record import Record
from local_test.identity import is_harmless_mention, spoken_of, targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My Muslim neighbours brought cake", ("religion",)),
        ("WOMEN\nand immigrants", ("nationality", "sex")),
        ("a wheelchair user and an old person", ("disability", "age")),
        ("外国人越来越多", ("nationality",)),
        ("女同学和同志们", ()),
        ("Pendatang dan wanita", ("nationality", "sex")),
        ("பெண்களுக்கு வாழ்த்துகள்", ("sex",)),
        ("முஸ்லிம்களுடன் ஒரு நாள்", ("religion",)),
        ("புத்தாண்டு வாழ்த்துகள், இந்த ஆண்டு சீனி விலை", ()),  # year and sugar, not men or Chinese
        ("I brought my pillow", ()),
        ("womens", ("sex",)),
        ("mention, menu, gayly", ()),
    ],
)
def test_kinds_of_people(text: str, expected: tuple[str, ...]) -> None:
    assert targets(text) == expected


def test_a_category_speaks_where_the_text_cannot() -> None:
    record = Record("1", text="...", category="religion/hard_negative", label=0)
    assert spoken_of(record) == ("religion",)
    assert is_harmless_mention(record)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record("1", text="I love my gay son", label=0), True),
        (Record("1", text="I love my gay son", label=1), False),
        (Record("1", text="what a day", label=0), False),
        (Record("1", text="what a day", label=0, category="identity_neutral"), True),
        (Record("1", text="traffic kills me", label=0, category="everyday/hard_negative"), False),
    ],
)
def test_harmless_mentions(record: Record, expected: bool) -> None:
    assert is_harmless_mention(record) is expected
