"""Duplicates: the first stays, conflicts all go, and every row that goes has its reason."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from data_preparation.cleaning.dedupe import drop_exact, drop_near
from data_preparation.cleaning.shingles import Index, jaccard, shingles
from data_preparation.cleaning.steps import Sieved, apply_steps
from data_preparation.record import Record


def rows(*texts: str, labels: tuple[int | None, ...] = ()) -> list[Record]:
    paired = itertools.zip_longest(texts, labels[: len(texts)])
    return [Record(f"r{n}", text=text, label=label) for n, (text, label) in enumerate(paired)]


def exact(records: list[Record]) -> Sieved:
    return apply_steps(records, [drop_exact()])


def near(records: list[Record], conflicts: bool = True) -> Sieved:
    return apply_steps(records, [drop_near(0.8, conflicts)])


def ids(sieved: Sieved) -> str:
    return " ".join(row.id for row in sieved.kept)


def test_of_exact_duplicates_the_first_stays() -> None:
    found = exact(rows("Go home!", "stay", "GO  home", "go home http://x.yz"))
    assert ids(found) == "r0 r1"
    assert [(one.record.id, one.reason) for one in found.dropped] == [
        ("r2", "exact duplicate of r0"),
        ("r3", "exact duplicate of r0"),
    ]


def test_rows_that_disagree_all_go() -> None:
    found = exact(rows("same", "other", "same", "same", labels=(1, 1, 0, 1)))
    assert ids(found) == "r1"
    assert {one.record.id: one.reason for one in found.dropped} == {
        "r0": "conflict: label 1, but r2 is alike and has label 0",
        "r2": "conflict: label 0, but r0 is alike and has label 1",
        "r3": "conflict: label 1, but r2 is alike and has label 0",
    }


def test_one_text_on_two_pictures_is_two_memes() -> None:
    two = [Record("a", text="me", caption="a dog"), Record("b", text="me", caption="a cat")]
    assert ids(exact(two)) == "a b"


def test_rows_without_content_are_no_duplicates() -> None:
    assert ids(exact([Record("a", text="!!"), Record("b", text="??")])) == "a b"
    pictures = [Record("a", image="1.png"), Record("b", image="2.png"), Record("c", image="1.png")]
    assert ids(exact(pictures)) == "a b"


CHINESE = "外地人来这里工作把我们的饭碗都抢光了还不守规矩真是受不了"
TAMIL = "வெளிநாட்டவர்கள் இங்கே வந்து நம் வேலைகளைப் பறித்துக் கொள்கிறார்கள் என்று சொல்கிறார்கள்"


def test_near_duplicates_in_chinese_and_tamil() -> None:
    chinese = rows(CHINESE, CHINESE.replace("真是", "真的是"), "今天天气真好我们去公园散步吧")
    assert ids(near(chinese)) == "r0 r2"
    tamil = rows(TAMIL, TAMIL.replace("இங்கே", "இங்கு"), "இன்று மழை பெய்யும் போல இருக்கிறது")
    found = near(tamil)
    assert ids(found) == "r0 r2"
    assert found.dropped[0].reason == "near-duplicate of r0"


def test_a_word_more_or_less_makes_another_text_where_it_is_short() -> None:
    assert ids(near(rows("我爱你", "我恨你", "நல்ல மனிதன்", "கெட்ட மனிதன்"))) == "r0 r1 r2 r3"


def test_near_rows_that_disagree_go_unless_minimal_pairs_are_wanted() -> None:
    pair = rows(CHINESE, CHINESE.replace("真是", "真的是"), labels=(1, 0))
    assert ids(near(pair)) == ""
    assert ids(near(pair, conflicts=False)) == "r0 r1"


def test_a_row_goes_only_for_one_that_stays() -> None:
    """The second is like the first and the third like the second, but not like the first."""
    words = [f"word{n:02d}" for n in range(24)]
    texts = [" ".join(words[start : start + 20]) for start in (0, 2, 4)]
    assert jaccard(shingles(texts[0]), shingles(texts[1])) >= 0.8
    assert jaccard(shingles(texts[0]), shingles(texts[2])) < 0.8
    assert ids(near(rows(*texts))) == "r0 r2"


def test_minhash_finds_what_the_exact_index_finds() -> None:
    texts = [f"{CHINESE[:n]}{n}{CHINESE[n:]}" for n in range(len(CHINESE))]
    sets = [shingles(text) for text in texts]
    index = Index(0.7)
    for number, pieces in enumerate(sets):
        index.add(str(number), pieces)
    for pieces in sets:
        alike = [str(n) for n, other in enumerate(sets) if jaccard(pieces, other) >= 0.7]
        assert index.like(pieces) == alike


@given(
    st.lists(st.tuples(st.sampled_from(["aa", "ab", "AA ", "b!"]), st.sampled_from([0, 1, None])))
)
def test_no_row_is_lost_and_labels_agree_on_what_stays(pairs: list[tuple[str, int | None]]) -> None:
    records = [Record(str(n), text=text, label=label) for n, (text, label) in enumerate(pairs)]
    found = exact(records)
    assert len(found.kept) + len(found.dropped) == len(records)
    assert sum(found.counts.values()) == len(found.dropped)
    kept = [str(row.text).casefold().strip() for row in found.kept]
    assert len(kept) == len(set(kept))
