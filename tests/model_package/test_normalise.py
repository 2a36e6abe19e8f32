"""Hidden and disguised characters become the words that an eye reads; clean text stays as it is."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_package.normalise import plain
from model_package.spelled import SPELLED

ROOT = Path(__file__).parents[2]
LEET = re.compile("[A-Za-z][0-9$@!]|[0-9$@!][A-Za-z]")
LETTERS = st.characters(exclude_categories=["Cs", "Cn"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n b\t\u3000c ", "a b c"),
        ("ha\u200bte\u202d \ufeffx", "hate x"),
        ("\ue000caption\ue001", "caption"),
        ("ki\u00adll\u2060 th\u034fem\ufe0f", "kill them"),
        ("no\U000e004e\U000e006f", "no"),
        ("ki\u3164ll", "kill"),
        ("ＨＥＬＬＯ ﬁ", "HELLO fi"),
        ("𝖐𝖎𝖑𝖑 𝐭𝐡𝐞𝐦", "kill them"),
        ("Ⓚⓘⓛⓛ 🅺🅸🅻🅻 🅐🅛🅛 ⒜⒧⒧", "Kill KILL ALL all"),
        ("ᴋɪʟʟ", "kill"),
        ("kіll thеm аll", "kill them all"),
        ("κill", "kill"),
        ("ban the сосоа", "ban the cocoa"),
        ("🇰 🇮 🇱 🇱", "KILL"),
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),
        ("k\u0301\u0302\u0303\u0304ill e\u0301\u0302\u0303\u0304", "kill e"),
        ("k i l l  t h e m  a l l", "kill them all"),
        ("\u202emeht llik\u202c now", "kill them now"),
        ("\u202eலொகை\u202c", "கைலொ"),
        ("k.i.l.l k*i*l*l k-i-l-l", "kill kill kill"),
        ("去 死 吧 你", "去死吧你"),
        ("கொ ல் லு ங் க", "கொல்லுங்க"),
        ("don´t", "don't"),
        ("kіll а mаn оf α", "kill a man of a"),
        ("I s.w.e.a.r o.n m.y h.a.l.f., s.h.o.p.!", "I swear on my half, shop!"),
        ("h a l f ,   a n d   I   g o", "half, and I go"),
        ("把 钥 匙 给 我 , 你", "把钥匙给我,你"),
        ("k/i/l/l k😀i❤\ufe0fl😀l t~h~e~m u😀s", "kill kill them us"),
        ("கொ/ல்/லு/ங்/க", "கொல்லுங்க"),
        ("k\ni\nl\nl\n\na\nl\nl", "kill all"),
        ("去\n死\n吧\n你", "去死吧你"),
        ("WHO AM I\nk\ni\nl\nl", "WHO AM I kill"),
        ("k\ni\nl\nl\n\nt\nh\n3\nm\n!\n\n4\n2", "kill them! 4 2"),
        ("கொ\nல்\nலு\nங்\nக", "கொல்லுங்க"),
        ("ḱíĺĺ áĺĺ ńów", "kill all now"),
        ("ⱥ ħⱥɨŧ, ꓗꓲꓡꓡ", "a hait, KILL"),
        ("ʍou ɯǝɥʇ llᴉʞ", "kill them now"),
    ],
)
def test_disguises_come_off(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "café naïve Beyoncé được",
        "இலங்கை ஸ்ரீ கொழும்பு வணக்கம் க்ஷ ௧௨௩",
        "世界和平 我爱你 「你好」 一 二 三",
        "kau orang buat apa ni? x-ray e-mel 3 in 1",
        "привет мир",
        "α and β and μ, 5 kg",
        "U S A, a b c",
        "I am 5 a day",
        "🇸🇬 🇲🇾 😀",
        "हिन्दी สวัสดี 한국어 العربية",
        "போ போ போ போ வா வா வா",
        "வா நீ போ தீ",
        "đã được viết, łódź",
        "a/b/c m/f s-a-d :-) :D ^_^ 50/50 ó_ò",
        "王、崔、卢、李、郑",
    ],
)
def test_clean_text_stays_byte_for_byte(text: str) -> None:
    assert plain(unicodedata.normalize("NFKC", text)) == unicodedata.normalize("NFKC", text)


def test_tamil_words_of_one_letter_on_lines_of_their_own_stay_apart() -> None:
    assert plain("நீ\nவா\nபோ\nதீ") == "நீ வா போ தீ"


def test_joiners_go_so_that_one_tamil_word_has_one_spelling() -> None:
    assert plain("பக்\u200cஷி") == plain("பக்ஷி") == "பக்ஷி"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Y/M/C/A now 1/2 off", "YMCA now 1/2 off"),
        ("S-E-L-A-N-G-O-R 2-1", "SELANGOR 2-1"),
        ("f.i.l.t.h 2.5 k.1.l.l", "filth 2.5 kill"),
    ],
)
def test_numbers_beside_a_word_that_is_spelled_out_stay_numbers(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("name", ["v1", "v2", "v3", "functional"])
def test_the_rows_of_datasets_change_only_where_they_are_spelled_out(name: str) -> None:
    lines = (ROOT / f"datasets/{name}/validation.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [row[key] for row in rows for key in ("text", "caption") if row.get(key)]
    before = [" ".join(unicodedata.normalize("NFKC", text).split()) for text in texts]
    changed = [text for text in before if plain(text) != text]
    assert len(texts) >= 300
    assert [text for text in changed if not (SPELLED.search(text) or LEET.search(text))] == []
    assert len(changed) < len(texts) / 10 if name == "functional" else not changed


@given(text=st.text(LETTERS, max_size=60))
def test_nothing_unseen_is_left_and_twice_is_once(text: str) -> None:
    shown = plain(text)
    assert plain(shown) == shown or SPELLED.search(shown)  # wider gaps part words, if any are wide
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Co"}]
    assert "  " not in shown
    assert "\n" not in shown


WORDS = "hello kau 世界 你好 வணக்கம் கொழும்பு café makan, 5 e-mel! 😀 நான்"


@given(words=st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=12))
def test_clean_words_in_any_order_stay(words: list[str]) -> None:
    assert plain(" ".join(words)) == " ".join(words)
