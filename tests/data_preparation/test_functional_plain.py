"""The plain functional rows: of what they are drawn, and that the other rows stay as they were."""

from collections import Counter
from pathlib import Path

from data_preparation.functional.book import read_book, read_plain
from data_preparation.functional.rows import add_plain, draw, held_back
from data_preparation.grammar.files import LANGUAGES
from data_preparation.record import read_records

TRAIN = Path("datasets/functional/train.jsonl")


def test_12000_committed_rows_are_plain() -> None:
    plain = [row for row in read_records(TRAIN) if "/plain-" in row.id]
    counts = Counter((row.language, row.label) for row in plain)
    assert counts == {(language, label): 1500 for language in LANGUAGES for label in (0, 1)}
    held = held_back(read_book().templates)
    first = {f"functional/{one.id}" for one in read_plain().templates if one.id not in held}
    assert {row.group for row in plain} == first
    assert len(first) == 357


def test_plain_rows_are_of_first_lists_and_base_words_without_mirrors_and_asides() -> None:
    book, plain = read_book(), read_plain()
    assert len(plain.templates) == 399
    assert all(one.id == one.family for one in plain.templates)
    assert {one.functionality for one in plain.templates} == {
        one.functionality for one in book.templates
    }
    assert plain.mixing.asides == ()
    assert len(book.groups) - len(plain.groups) == 29
    assert (len(plain.slots["hate"]), len(book.slots["hate"])) == (10, 13)
    assert "thai" in book.groups
    assert "thai" not in plain.groups


def test_plain_rows_leave_the_others_as_they_were() -> None:
    split = draw(read_book(), 800, 0)
    both = add_plain(split, read_plain(), 400, 0)
    plain = [row for row in both.train if "/plain-" in row.id]
    assert len(plain) == 400
    assert tuple(row for row in both.train if row not in plain) == split.train
    assert both.validation == split.validation


def test_no_plain_row_is_of_a_held_template_though_validation_lacks_it() -> None:
    split = draw(read_book(), 72, 0)
    held = {f"functional/{one}" for one in held_back(read_book().templates)}
    both = add_plain(split, read_plain(), 2 * 4 * 400, 0)
    assert held & {row.group for row in both.train} == set()
