"""The functional exam: what its rows are, and that no row is left half filled."""

from collections import Counter
from pathlib import Path

import pytest

from data_preparation.record import read_records
from local_test.probe import LANGUAGES, Case, Filler, Probe, expand, read_probe
from local_test.probe.__main__ import main
from model_package.errors import UserError

WOMEN = Filler("women", "women", slur="bimbos")
MUSLIMS = Filler("muslims", "Muslims")
LIFT = Filler("lift", "this lift")


def probe(*cases: Case) -> Probe:
    return Probe("en", (WOMEN, MUSLIMS), (LIFT,), (), cases)


def test_a_text_is_filled_with_each_group_and_begins_with_a_capital() -> None:
    first, second = expand(probe(Case("positive", 0, ("{who} are kind",))))
    assert (first.text, first.group, first.category) == ("Women are kind", "women", "positive")
    assert (second.text, second.group) == ("Muslims are kind", "muslims")
    assert [first.id, second.id] == ["probe/en/positive/0/women", "probe/en/positive/0/muslims"]
    assert (first.label, first.language, first.source) == (0, "en", "probe")


def test_a_group_without_the_form_is_passed_over() -> None:
    rows = list(expand(probe(Case("slur", 1, ("only {slur} here",)))))
    assert [row.text for row in rows] == ["Only bimbos here"]


def test_a_text_without_a_slot_is_one_row_of_no_group() -> None:
    [row] = expand(probe(Case("profanity", 0, ("damn, Monday again",))))
    assert (row.text, row.group, row.id) == ("Damn, Monday again", None, "probe/en/profanity/0")


def test_things_are_no_target_group() -> None:
    [row] = expand(probe(Case("abuse_objects", 0, ("I hate {who}",), "things")))
    assert (row.text, row.group) == ("I hate this lift", None)


def test_an_unknown_slot_or_list_is_one_line_that_names_it(tmp_path: Path) -> None:
    start = 'language = "xx"\ngroups = [{ name = "a", who = "b" }]\nthings = []\ncrowds = []\n'
    case = '[[cases]]\ncategory = "c"\nlabel = 1\ntexts = ["{whom}"]\n'
    (tmp_path / "xx.toml").write_text(start + case, encoding="utf-8")
    with pytest.raises(UserError, match=r"xx\.toml: .*'whom'"):
        read_probe("xx", tmp_path)
    (tmp_path / "xx.toml").write_text(start + case + 'over = "people"\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"xx\.toml: .*over 'people'"):
        read_probe("xx", tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_whole_and_about_half_benign(language: str) -> None:
    rows = read_probe(language)
    texts = [row.text or "" for row in rows]
    assert 350 <= len(rows) <= 420
    assert len(set(texts)) == len({row.id for row in rows}) == len(rows)
    assert not [text for text in texts if "{" in text or "}" in text]
    assert 0.45 < sum(row.label or 0 for row in rows) / len(rows) < 0.56
    groups = Counter(row.group for row in rows if row.group)
    assert len(groups) == 6
    assert min(groups.values()) > 45


def test_each_category_has_one_label_in_all_languages() -> None:
    rows = [row for language in LANGUAGES for row in read_probe(language)]
    labels = {(row.category, row.label) for row in rows}
    assert len(labels) == len({category for category, _ in labels})
    shared = [{row.category for row in rows if row.language == one} for one in LANGUAGES]
    common = {one for one in set.intersection(*shared) if one}
    assert len(common) == 23


def test_command_writes_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "probe.jsonl"
    assert main(["--output", str(output), "--language", "ta"]) == 0
    assert tuple(read_records(output)) == read_probe("ta")
    assert str(output) in capsys.readouterr().err
    assert main(["--output", str(tmp_path)]) == 2
