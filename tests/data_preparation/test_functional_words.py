"""The parts of the functional rows: Tamil forms, fillings, spelling."""

import random
from dataclasses import replace

import pytest

from data_preparation.functional.book import read_book
from data_preparation.functional.fill import Choice, choose, fill
from data_preparation.functional.mirror import Swap, mirror
from data_preparation.functional.spelling import vary
from data_preparation.functional.tamil import decline, singular
from data_preparation.functional.template import (
    Functionality,
    Pairs,
    Template,
    TemplateFile,
    lists,
    neighbour,
    number,
    slots,
)
from data_preparation.functional.voice import say as say_aloud
from model_package.errors import UserError

TAMIL = 3
ASIDE = Template("x/0", "x", 1, ("first", "前面", "dulu", "முன்ன"))


@pytest.mark.parametrize(
    ("name", "case", "declined"),
    [
        ("அகதிகள்", "acc", "அகதிகளை"),
        ("அகதிகள்", "dat", "அகதிகளுக்கு"),
        ("அகதிகள்", "gen", "அகதிகளின்"),
        ("அகதிகள்", "soc", "அகதிகளுடன்"),
        ("என் அலாரம்", "acc", "என் அலாரத்தை"),
        ("இந்த லேப்டாப்", "acc", "இந்த லேப்டாப்பை"),
        ("என் உடைஞ்ச குடை", "acc", "என் உடைஞ்ச குடையை"),
        ("என் முதலாளி", "dat", "என் முதலாளிக்கு"),
        ("இந்த பழைய செருப்பு", "acc", "இந்த பழைய செருப்பை"),
    ],
)
def test_tamil_cases(name: str, case: str, declined: str) -> None:
    assert decline(name, case) == declined


def test_a_name_that_no_rule_covers_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule"):
        decline("அக்கா", "acc")


def test_tamil_singular() -> None:
    assert singular("இந்தோனேசியர்கள்") == "இந்தோனேசியர்"


def say(line: str, who: str, place: int, guest: int) -> str:
    book = read_book()
    words = {"hate": ("hate|hating", "讨厌", "benci", "வெறுக்குறேன்|வெறுக்க")}
    choice = Choice({"who": book.groups[who]}, words)
    template = Template("x/0", "x", 1, (line,) * 4)
    return fill(template, choice, place, guest, random.Random(0))


def test_groups_of_the_grammar_and_our_own_stand_in_their_tamil_case() -> None:
    assert say("{who.acc} {hate}", "malay", TAMIL, TAMIL) == "மலாய்க்காரர்களை வெறுக்குறேன்"
    assert say("{who.dat} உதவி", "refugee", TAMIL, TAMIL) == "அகதிகளுக்கு உதவி"
    assert say("{who.acc} {hate.2}வே இல்ல", "refugee", TAMIL, TAMIL) == "அகதிகளை வெறுக்கவே இல்ல"


def test_an_english_name_takes_a_tamil_case_too() -> None:
    assert say("{who.acc} {hate}", "malay", TAMIL, 0) == "Malays-ஐ வெறுக்குறேன்"


def test_names_of_another_language_are_mixed_in() -> None:
    assert say("I {hate} {who}", "malay", 0, 2) == "I hate orang Melayu"
    assert say("{hate.2} {who}", "malay", 0, 0) == "hating Malays"


def test_one_of_the_alternatives_is_taken() -> None:
    said = {say("a {who} // b {who}", "malay", 0, 0)}
    assert said <= {"a Malays", "b Malays"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("people should never believe rumours", "en"),
        ("我从来没说过这种话", "zh"),
        ("நான் அப்படிச் சொல்லவே இல்ல", "ta"),
    ],
)
def test_spelling_varies_and_stays_readable(text: str, language: str) -> None:
    varied = [vary(text, language, random.Random(n)) for n in range(50)]
    assert sum(one != text for one in varied) >= 40
    assert all(len(set(text) & set(one)) > len(set(text)) / 2 for one in varied)


def test_short_text_survives_every_change() -> None:
    for language in ("en", "zh", "ms", "ta"):
        assert all(vary("ok", language, random.Random(n)) for n in range(50))


def test_a_mirror_keeps_forms_and_family_and_takes_another_label() -> None:
    written = Template("threat/3", "threat", 1, ("hit {who.acc} {harm.2}",) * 4, "threat/3")
    swap = Swap("thing", (("who", "things"), ("bad", "good")))
    found = mirror(written, swap, "abuse", 0)
    assert found.line == ("hit {things.acc} {harm.2}",) * 4
    assert (found.id, found.functionality, found.label) == ("abuse/thing-threat-3", "abuse", 0)
    assert found.family == "threat/3"


def test_a_swap_applies_where_it_has_a_slot_and_none_forbids_it() -> None:
    written = Template("threat/3", "threat", 1, ("hit {who.acc} {harm.2}",) * 4, "threat/3")
    assert Swap("thing", (("who", "things"),)).applies(written)
    assert not Swap("flip", (("bad", "good"),)).applies(written)
    assert not Swap("thing", (("who", "things"),), ("harm",)).applies(written)


def test_two_lines_of_a_pair_are_of_one_family() -> None:
    pairs = Pairs(("x", "y"), (("a",) * 4, ("b",) * 4, ("c",) * 4, ("d",) * 4))
    outside = (Functionality("x", 1, ()), Functionality("y", 0, ()))
    kind = lists([TemplateFile(outside, (pairs,))])[-1]
    [(_, written)] = number([kind])
    second = neighbour(kind, 1, written[1], 0)
    assert (written[1].line[0], second.line[0], second.label) == ("c", "d", 0)
    assert (second.id, second.family) == ("y/beside-x-1", "x/1")


def test_pairs_of_one_label_or_of_uneven_number_are_refused() -> None:
    outside = (Functionality("x", 1, ()), Functionality("y", 0, ()), Functionality("z", 1, ()))
    for names, lines in ((("x", "z"), 2), (("x", "y"), 3)):
        file = TemplateFile(outside, (Pairs(names, (("a",) * 4,) * lines),))
        with pytest.raises(UserError, match=f"pairs of {names[0]} and {names[1]} are no pairs"):
            lists([file])


def test_numbers_run_on_from_list_to_list() -> None:
    lists = [Functionality("x", 1, (("a",) * 4, ("b",) * 4)), Functionality("x", 1, (("c",) * 4,))]
    found = [one for _, written in number(lists) for one in written]
    assert [one.id for one in found] == ["x/0", "x/1", "x/2"]
    assert [one.block for one in found] == ["x/0", "x/0", "x/2"]


def test_a_quoted_sentence_has_slots_of_its_own() -> None:
    book = read_book()
    template = Template("x/0", "x", 1, ("she said '{hostile}'",) * 4)
    for seed in range(30):
        rng = random.Random(seed)
        choice = choose(book, template, rng)
        assert set("{}") & set(fill(template, choice, 0, 0, rng)) == set()


def test_a_sentence_stands_beside_some_texts_and_abuses_no_group() -> None:
    book = read_book()
    book = replace(book, mixing=replace(book.mixing, openers=(("o",) * 4,), particles=(("",) * 4,)))
    choice = choose(book, ASIDE, random.Random(0))
    texts = [say_aloud(book, ASIDE, choice, 1, random.Random(n)) for n in range(400)]
    beside = [text for text in texts if "。" in text]
    assert 24 <= len(beside) <= 72
    assert not {slot for one in book.mixing.asides for slot in slots(one)} & {"who", "slur"}
