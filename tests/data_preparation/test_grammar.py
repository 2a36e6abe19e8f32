"""The written grammar: parallel, distinct, balanced, and in the script of its language."""

import re
import string
from collections import Counter, defaultdict

import pytest

from data_preparation.grammar import FOLDER, Item, by_group, group_name, items, normal
from data_preparation.grammar.files import LANGUAGES, read_grammar
from model_package.errors import UserError

SCRIPTS = {"zh": r"[一-鿿]", "ta": r"[஀-௿]", "en": r"[A-Za-z]", "ms": r"[A-Za-z]"}
OTHER = re.compile(r"[^\x00-\x7fé’‘“”…]")


def pool(language: str = "en") -> tuple[Item, ...]:
    """All items of seed 0."""
    return tuple(items(language, 0))


def share(items: list[Item]) -> float:
    """The share of harmful ones."""
    return sum(item.label for item in items) / len(items)


@pytest.mark.parametrize("language", ["zh", "ms", "ta"])
def test_every_item_is_parallel_but_for_its_text(language: str) -> None:
    for english, other in zip(pool(), pool(language), strict=True):
        same = (english.group, english.family, english.category, english.label, english.kind)
        assert same == (other.group, other.family, other.category, other.label, other.kind)
        assert (english.caption, other.language) == (other.caption, language)
        assert english.text.count("\n") == other.text.count("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_distinct_without_case_and_punctuation(language: str) -> None:
    assert max(Counter(normal(item.text) for item in pool(language)).values()) == 1
    assert len({item.group for item in pool(language)}) == len(pool(language))


def test_there_is_enough_of_each_side_and_no_family_is_large() -> None:
    every = pool()
    assert len(every) >= 2500
    assert 0.4 < share(list(every)) < 0.6
    assert sum(item.kind == "hard_negative" for item in every) >= 700
    assert all(item.label == 0 for item in every if item.kind == "hard_negative")
    assert max(Counter(item.family for item in every).values()) <= 0.04 * len(every)


def test_the_first_items_are_as_balanced_as_all() -> None:
    first = list(pool()[:400])
    assert 0.38 < share(first) < 0.5
    assert max(Counter(item.family for item in first).values()) <= 16
    assert len({item.category for item in first}) == 9


def test_no_group_is_named_mostly_on_one_side() -> None:
    named = defaultdict(list)
    for item in pool():
        named[group_name(item)].append(item)
    groups = read_grammar(FOLDER).groups
    assert set(groups) <= set(named)
    for name in groups:
        assert len(named[name]) >= 60, name
        assert 0.35 < share(named[name]) < 0.65, name


def test_pictures_do_not_give_the_label_away() -> None:
    shown = defaultdict(list)
    for item in pool():
        shown[item.caption].append(item)
    common = [rows for rows in shown.values() if len(rows) >= 20]
    assert len(common) > 30
    assert all(0.2 < share(rows) < 0.75 for rows in common)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_clean(language: str) -> None:
    for item in pool(language):
        assert not re.search(r"[{}]|  | [,.:?]|\n\n|^\s|\s$|\.\.", item.text), item
        assert not re.search(r"[{}]|  ", item.caption), item
        assert 2 <= len(item.text) <= 200, item
        assert item.text[0].upper() == item.text[0], item


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_their_script(language: str) -> None:
    shares = []
    for item in pool(language):
        letters = [c for c in item.text if c.isalpha() or "஀" <= c <= "௿"]
        own = sum(re.match(SCRIPTS[language], c) is not None for c in letters)
        shares.append(own / len(letters))
        assert shares[-1] >= (0.5 if language in ("zh", "ta") else 1), item.text
    assert sum(shares) >= 0.95 * len(shares)


@pytest.mark.parametrize("language", ["en", "ms"])
def test_latin_texts_hold_nothing_else(language: str) -> None:
    odd = {c for item in pool(language) for c in OTHER.findall(item.text)}
    assert odd == set()


def test_chinese_has_chinese_punctuation() -> None:
    assert not [item.text for item in pool("zh") if re.search(r"[一-鿿][,:;?!]", item.text)]


def test_the_same_seed_gives_the_same_items_and_another_seed_others() -> None:
    assert pool()[:50] == tuple(items("en", 0))[:50]
    other = tuple(items("en", 1))
    assert other[:50] != pool()[:50]
    common = by_group("en", 1).keys() & by_group("en", 0).keys()
    assert all(by_group("en", 1)[name].text == by_group("en", 0)[name].text for name in common)
    assert 0 < len(common) < len(other)


def test_an_item_reads_as_written() -> None:
    texts = {one: by_group(one, 0)["festivals/religion/1-2"].text for one in LANGUAGES}
    assert texts["en"].splitlines() == [
        "Deepavali lights in Little India",
        "Came for the food, stayed for the people",
    ]
    assert texts["zh"] == "小印度的屠妖节灯饰\n为了吃而来，为了人而留"
    assert texts["ms"].startswith("Lampu Deepavali di Little India\n")
    assert texts["ta"].startswith("லிட்டில் இந்தியாவில் தீபாவளி விளக்குகள்\n")


def test_tamil_names_take_the_case_that_their_line_needs() -> None:
    texts = [item.text for item in pool("ta") if item.family == "no_entry"]
    assert any(re.search(r"களுக்கு அனுமதி இல்லை", text) for text in texts)
    assert any(re.search(r"களைத் தவிர", text) for text in texts)
    assert not any(re.search(r"கள்(ை|ுக்கு)", text) for text in texts)


def test_tamil_doubles_a_native_consonant_after_a_dative_or_an_accusative() -> None:
    said = "\n".join(item.text for item in pool("ta"))
    assert "காலை ஆறு மணிக்குத் தாவோ மதத்தவர்களின் வழிபாடு" in said
    assert "இன்னைக்குப் புளோக்கின்" in said
    assert "பெண்களுக்குப் பிள்ளையைத்" in said
    assert re.search(r"என் பிள்ளைகளைச் சீனர்களுடன்|வீட்டுக்குச் சீனர்கள்", said)
    assert not re.search(r"க்கு (?:சீன|தாவோ|பெண்கள்|திரு|பார்வை)", said)
    assert not re.search(r"[கசதப]் (?:சிக்கன்|பபிள்|பிலிப்|கிறிஸ்|[A-Za-z])", said)


def test_plain_kindness_calls_people_kindly() -> None:
    for blunt, kind in (("印度人", "印族同胞"), ("单身女人", "单身女性")):
        for item in pool("zh"):
            plain = (item.kind, item.label) == ("plain", 0)
            assert not (plain and blunt in item.text), item.text
            assert not (not plain and kind in item.text), item.text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "We stand with the people they pick on"),
        ("zh", "我们都站在被欺负的人这边"),
        ("en", "My son wants to marry into a family of Black people"),
        ("en", "Learning to make laksa at home"),
        ("zh", "在家学做叻沙"),
        ("en", "Read the report online"),
        ("en", "If it gets heated, call for help"),
        ("zh", "要为女人庆祝整整一个星期？"),
        ("zh", "女人就不必了，谢谢"),
        ("zh", "你简直是我人生的败笔"),
        ("ms", "Dalam ramai-ramai orang, kenapa mereka juga"),
        ("ms", "Itu saja yang tak cukup, tambah pening"),
        ("ms", "Penimbang bodoh ni, buat hal lagi"),
        ("ms", "Pakcik pemandu bagi isyarat bagus"),
        ("ta", "ஓட்டுநர் அங்கிள் தம்ஸ் அப் காட்டினார்"),
        ("ta", "முதல்ல உன் தகுதியைத் தெரிஞ்சுக்கோ"),
        ("ta", "அவங்க பிள்ளை பெத்துக்கவே கூடாது"),
        ("ta", "கருத்து சொல்லாமல் வாயை மூடிக்கணும்"),
        ("ta", "என்று சொல்றது ஜோக் இல்லை, மனம் நோகும்"),
        ("ta", "தெருவில் ஒரே பாலினப் பெற்றோர் மீது தாக்குதல்"),
    ],
)
def test_lines_that_read_foreign_were_mended(language: str, line: str) -> None:
    assert any(line in item.text for item in pool(language))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UserError, match="no grammar for language 'fr'; known: en, zh, ms, ta"):
        next(items("fr"))


def test_every_slot_of_every_line_is_in_every_language() -> None:
    for family in read_grammar(FOLDER).families:
        for line in family.top + family.bottom:
            names = [{name for _, name, *_ in string.Formatter().parse(text)} for text in line]
            kinds = [{str(name).split(".")[0] for name in one if name} for one in names]
            assert all(kind == kinds[0] for kind in kinds), (family.id, line)
