"""The functional rows: four languages a template, both labels alike, the same bytes every time."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from data_preparation.functional.__main__ import main
from data_preparation.functional.book import GROUPS, read_book
from data_preparation.functional.rows import draw, held_back
from data_preparation.functional.tamil import SUFFIXES
from data_preparation.grammar import normal
from data_preparation.grammar.draw import SLOT
from data_preparation.grammar.files import LANGUAGES
from data_preparation.record import Record, read_records
from model_package.errors import UserError

COMMITTED = Path("datasets/functional")
FILES = ("train.jsonl", "validation.jsonl", "README.md", "run.json")


@pytest.fixture(scope="module")
def rows() -> list[Record]:
    return [row for name in FILES[:2] for row in read_records(COMMITTED / name)]


def test_there_are_1800_templates_about_half_of_them_harmful() -> None:
    labels = Counter(one.label for one in read_book().templates)
    assert sum(labels.values()) >= 1800
    assert 0.45 <= labels[1] / sum(labels.values()) <= 0.55


def test_no_two_templates_share_an_id() -> None:
    ids = Counter(one.id for one in read_book().templates)
    assert [one for one, count in ids.items() if count > 1] == []


def test_no_sentence_is_written_twice() -> None:
    lines = [(n, line) for one in read_book().templates for n, line in enumerate(one.line)]
    assert [line for line, count in Counter(lines).items() if count > 1] == []


def test_forms_are_asked_for_where_there_are_any() -> None:
    cases = {"", "one", *SUFFIXES}
    for template in read_book().templates:
        for line in template.line:
            found = {(slot[2], slot[3] or "") for slot in SLOT.finditer(line)}
            assert all(form in cases for name, form in found if name in GROUPS), template.id


def test_words_stand_under_both_labels() -> None:
    used = {label: Counter[str]() for label in (0, 1)}
    for template in read_book().templates:
        used[template.label].update(template.slots)
    assert set(used[0]) == set(used[1])
    assert min(*used[0].values(), *used[1].values()) >= 2


def test_the_committed_rows_are_those_of_the_code(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_another_seed_draws_other_rows(rows: list[Record]) -> None:
    texts = {row.text for row in draw(read_book(), 800, 1).train}
    assert len(texts) == 800
    assert len(texts & {row.text for row in rows}) < 400


def test_languages_and_labels_are_balanced(rows: list[Record]) -> None:
    counts = Counter((row.language, row.label) for row in rows)
    for language in LANGUAGES:
        share = counts[language, 1] / (counts[language, 0] + counts[language, 1])
        assert 0.45 <= share <= 0.55


def test_every_draw_is_there_in_four_languages(rows: list[Record]) -> None:
    draws = Counter(row.id.split("/", 2)[2] for row in rows)
    assert set(draws.values()) == {4}


def test_no_slot_is_left_and_no_text_comes_twice(rows: list[Record]) -> None:
    assert [row.text for row in rows if set("{}|") & set(str(row.text))] == []
    keys = Counter(normal(str(row.text)) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []


def test_whole_templates_are_held_back_of_every_functionality(rows: list[Record]) -> None:
    templates = read_book().templates
    held = held_back(templates)
    assert {one.split("/")[0] for one in held} == {one.functionality for one in templates}
    assert 0.08 <= len(held) / len({one.family for one in templates}) <= 0.12
    groups = {row.group for row in read_records(COMMITTED / "validation.jsonl")}
    assert groups == {f"functional/{one}" for one in held}
    assert not groups & {row.group for row in read_records(COMMITTED / "train.jsonl")}


def test_a_list_that_joins_later_leaves_what_was_held() -> None:
    lists = {one.block: 0 for one in read_book().templates}
    first = [one for one in read_book().templates if one.block == next(iter(lists))]
    assert held_back(first) <= held_back(read_book().templates)


def test_too_many_rows_for_the_templates_are_refused() -> None:
    book = read_book()
    kept = tuple(one for one in book.templates if one.family.startswith("question"))
    with pytest.raises(UserError, match="give only 0 rows of a label; ask for fewer --rows"):
        draw(replace(book, templates=kept[:1]), 800, 0)


def test_mistakes_of_a_user_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path), "--rows", "71"]) == 2
    assert capsys.readouterr().err == "functional: --rows 71 is too few; ask for 72 or more\n"
    assert main(["--output", str(tmp_path), "--plain", "-1"]) == 2
    error = capsys.readouterr().err
    assert error == "functional: --plain -1 is no number of rows; ask for 0 or more\n"
    (tmp_path / "file").touch()
    assert main(["--output", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith(f"functional: {tmp_path / 'file'}: no folder")


def test_the_fewest_rows_are_one_of_each_label_to_validate_with(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path), "--rows", "72", "--plain", "0"]) == 0
    rows = read_records(tmp_path / "validation.jsonl")
    assert Counter((row.language, row.label) for row in rows) == Counter(
        (language, label) for language in LANGUAGES for label in (0, 1)
    )
