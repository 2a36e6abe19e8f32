"""OCR noise: pairs are exact, the table is strict, and applied noise is like the noise seen."""

import json
import random
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean

import pytest

from data_preparation.grammar import items
from data_preparation.ocr_noise import TABLE, apply
from data_preparation.ocr_noise.__main__ import learn, main
from data_preparation.ocr_noise.align import align, cut, set_apart
from data_preparation.ocr_noise.compare import compare
from data_preparation.ocr_noise.learning import make_table
from data_preparation.ocr_noise.memes import LANGUAGES, draw, truth
from data_preparation.ocr_noise.spoil import Fate, Spoiler, break_lines, mend
from data_preparation.ocr_noise.table import (
    COLUMNS,
    MIXED,
    WATERMARK,
    Language,
    read_table,
    write_table,
)
from model_package.errors import UserError
from model_package.ocr import make_reader
from model_package.ocr_text import tidy
from model_package.profile import Ocr

TEXTS = {
    "en": "Sale today only\nBring your own bag",
    "zh": "今天大减价\n请自备购物袋",
    "ms": "Jualan hari ini sahaja\nBawa beg sendiri",
    "ta": "இன்று மட்டும் தள்ளுபடி\nபையைக் கொண்டு வாருங்கள்",
}


@pytest.fixture(scope="module")
def spoiler() -> Spoiler:
    return Spoiler(read_table(TABLE))


def column_means(language: Language) -> dict[str, float]:
    return {name: fmean(getattr(language, name)) for name in COLUMNS}


def whole(language: Language) -> float:
    """The share of memes that came back whole."""
    columns = [getattr(language, name) for name in COLUMNS if name != "width"]
    return fmean(not any(row) for row in zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("said", "read", "pairs"),
    [
        ("", "", []),
        ("ab", "ab", [("a", "a"), ("b", "b")]),
        ("HI", "H1", [("H", "H"), ("I", "1")]),
        ("cat", "ct", [("c", "c"), ("a", ""), ("t", "t")]),
        ("ct", "cat", [("c", "c"), ("", "a"), ("t", "t")]),
        ("a b", "ab", [("a", "a"), (" ", ""), ("b", "b")]),
        ("a b", "a\nb", [("a", "a"), (" ", "\n"), ("b", "b")]),
        ("ab", "", [("a", ""), ("b", "")]),
    ],
)
def test_characters_are_paired(said: str, read: str, pairs: list[tuple[str, str]]) -> None:
    assert align(said, read) == pairs


@pytest.mark.parametrize("seed", range(20))
def test_pairs_spell_out_both_sides(seed: int) -> None:
    rng = random.Random(seed)
    said, read = ("".join(rng.choices("abc \n", k=rng.randrange(12))) for _ in "12")
    pairs = align(said, read)
    assert ("".join(one for one, _ in pairs), "".join(one for _, one in pairs)) == (said, read)
    assert "".join(first for line in cut(pairs) for first, _ in line) == said


def test_a_line_too_many_is_set_apart() -> None:
    for read in ("one\ntwo\n#~#", "#~#\none\ntwo", "one\n#~#\ntwo"):
        assert set_apart("one\ntwo", read) == (align("one\ntwo", "one\ntwo"), ["#~#"])


def test_what_became_of_a_meme_is_counted() -> None:
    seen = compare("en", "GO TO BED\nNOW OR\nELSE", "GO T0BED\nELSE.\n%%")
    assert (seen.lost, seen.strays) == (("NOW OR",), ("%%",))
    assert (len(seen.lines), seen.breaks, seen.joined, seen.width) == (2, 0, 0, 9)
    table = make_table([seen])
    assert (table.memes, table.characters, table.lines, table.moved) == (1, 16, 3, 0)
    (english,) = table.languages
    assert (english.wrong, english.inserted, english.lost) == ((0.091,), (0.091,), (0.333,))
    assert (english.unspaced, english.spaced, english.strays) == ((0.5,), (0.0,), (0,))
    latin = {script.name: script for script in table.scripts}["latin"]
    assert (latin.seen, latin.wrong, latin.read, latin.counts) == (11, 1, ("0",), (1,))
    assert (latin.places, latin.added) == ((0, 0, 1), ((), (), (".",)))


def test_a_line_misread_past_knowing_is_lost_and_only_watermarks_are_strays() -> None:
    said = "GO TO BED\nNOW OR\nELSE"
    reads = (f"{said}\nimgtlip.com", f"{said}\nCLD8 6T60T", f"{said}\n通进")
    table = make_table([compare("en", said, read) for read in reads])
    assert table.strays == ("imgtlip.com",)
    assert table.languages[0].strays == (1, 0, 0)


def test_joined_and_moved_lines_are_counted() -> None:
    assert compare("en", "ABC\nDEF", "ABC DEF").joined == 1
    away = compare("en", "ABCDE\nFGHIJKLMN", "FGHIJKLMN\nABCDE")
    assert make_table([away]).moved == 1


def test_the_committed_table_is_small_and_written_by_its_writer(tmp_path: Path) -> None:
    table = read_table(TABLE)
    write_table(tmp_path / "again.json", table)
    assert (tmp_path / "again.json").read_bytes() == TABLE.read_bytes()
    assert len(TABLE.read_bytes()) < 60_000
    assert [language.name for language in table.languages] == list(LANGUAGES)
    assert table.memes == sum(len(language.width) for language in table.languages)
    assert 0.0 < table.scripts[0].burst < 1.0
    assert all(SequenceMatcher(None, stray, WATERMARK).ratio() >= 0.5 for stray in table.strays)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"memes": "many"}, "memes: 'many' is not a whole number"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"letters": None}, "letters: None is not a list"),
    ],
)
def test_a_table_is_read_strictly(change: dict[str, object], said: str, tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(json.dumps(json.loads(TABLE.read_bytes()) | change), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        read_table(path)


def test_columns_of_unlike_length_are_refused(tmp_path: Path) -> None:
    table = json.loads(TABLE.read_bytes())
    table["languages"][0]["wrong"].pop()
    path = tmp_path / "table.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(UserError, match=r"languages\[0\]: en: columns must be of one length"):
        read_table(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read as JSON"):
        read_table(path)


@pytest.mark.parametrize("language", TEXTS)
def test_the_same_seed_gives_the_same_noise_and_another_another(language: str) -> None:
    text = TEXTS[language]
    read = [apply(text, language, seed) for seed in range(80)]
    assert read == [apply(text, language, seed) for seed in range(80)]
    plain = ["".join(one.split()) for one in read]
    assert len(set(plain)) > 5
    assert plain.count("".join(text.split())) > 8  # come back whole


def test_nothing_to_read_stays_nothing(spoiler: Spoiler) -> None:
    quiet = Fate(wrong=0.5, inserted=0.5, spaced=0.5)
    for text in ("", "  \n "):
        assert spoiler.spoil(text, quiet, random.Random(1)) == ""
        read = {line for seed in range(60) for line in apply(text, "en", seed).splitlines()}
        assert read <= set(spoiler.strays)


def test_a_kind_fate_changes_nothing_and_a_hard_one_leaves_nothing(spoiler: Spoiler) -> None:
    for text in TEXTS.values():
        assert spoiler.spoil(text, Fate(), random.Random(1)) == text
        assert spoiler.spoil(text, Fate(lost=1.0), random.Random(1)) == ""
    joined = spoiler.spoil(TEXTS["en"], Fate(joined=1.0), random.Random(1))
    assert joined == "Sale today only Bring your own bag"
    narrow = spoiler.spoil(TEXTS["en"], Fate(width=9), random.Random(1))
    assert narrow == "Sale\ntoday\nonly\nBring\nyour\nown bag"


def test_lines_are_broken_evenly() -> None:
    assert break_lines("one two three four five", 20) == ["one two three", "four five"]
    assert break_lines("今天大减价快来", 6) == ["今天大减", "价快来"]
    assert break_lines("first\n\nsecond part", 20) == ["first", "second part"]


def test_a_language_that_was_not_learned_is_a_mixture(spoiler: Spoiler) -> None:
    assert spoiler.fates("fr") == spoiler.fates(MIXED) != spoiler.fates("en")


@pytest.mark.parametrize("language", TEXTS)
def test_noise_comes_as_often_as_it_was_seen(language: str, spoiler: Spoiler) -> None:
    memes, rng = [], random.Random(language)
    for fate, item in zip(spoiler.fates(language) * 3, items(language), strict=False):
        said = "\n".join(break_lines(item.text, fate.width))
        memes.append(compare(language, said, spoiler.spoil(item.text, fate, rng)))
    seen, made = spoiler.languages[language], make_table(memes).languages[0]
    wanted, found = column_means(seen), column_means(made)
    spaces = () if language == "zh" else ("unspaced",)  # which has next to none to lose
    for name in ("wrong", "inserted", "lost", "spaced", "joined", *spaces):
        assert found[name] == pytest.approx(wanted[name], rel=0.25, abs=0.006), name
    assert whole(made) == pytest.approx(whole(seen), abs=0.1)


def test_tamil_stays_writable() -> None:
    for seed, item in zip(range(600), items("ta"), strict=False):
        read = apply(item.text, "ta", seed)
        assert read == unicodedata.normalize("NFC", read)
        for before, after in zip("\n" + read, read, strict=False):
            if "\u0bbe" <= after <= "\u0bcd" or after == "\u0bd7":
                assert "\u0b82" <= before <= "\u0bb9", repr(read)


def test_vowel_signs_without_a_letter_go() -> None:
    assert mend("\u0bbeக\u0bbe\u0bbe \u0bcdக x\u0bc0") == "கா க x"
    assert mend("க\u0bc6\u0bbe") == "க\u0bca"


def test_hard_memes_are_the_same_each_time_and_their_truth_is_composed() -> None:
    for language in LANGUAGES:
        first, second = draw(language, 3), draw(language, 3)
        assert first.image.tobytes() == second.image.tobytes()
        said = truth(second)
        assert truth(first) == "\n".join(map(tidy, said.splitlines())) == said != ""


def test_learning_reads_real_memes() -> None:
    table = learn(make_reader(Ocr(), 1), 3, languages=("en", "zh"))
    assert (table.memes, [one.name for one in table.languages]) == (6, ["en", "zh"])
    assert all(fmean(one.wrong) < 0.5 for one in table.languages)
    assert table.characters > 100
    assert table.lines >= 12


def test_the_command_writes_a_table(tmp_path: Path) -> None:
    path = tmp_path / "new" / "table.json"
    assert main(["learn", "--output", str(path), "--memes", "1", "--seed", "5"]) == 0
    assert read_table(path).memes == len(LANGUAGES)
