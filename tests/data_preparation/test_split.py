"""Splits are grouped, deterministic, and leave no text on both sides."""

from data_preparation.record import Record
from data_preparation.split import Split, cut, group_key, keep_apart


def numbered(count: int) -> list[Record]:
    return [Record(f"c/{n}", group=group_key(f"text {n // 2}")) for n in range(count)]


def test_near_duplicates_share_a_key() -> None:
    same = {"Hello,  WORLD!", "hello world", "RT @you: hello world http://a.b/c"}
    assert len({group_key(text) for text in same}) == 1
    assert group_key("hello word") != group_key("hello world")


def test_marks_of_tamil_count() -> None:
    assert group_key("கி") != group_key("கு")


def test_a_text_without_letters_has_no_key() -> None:
    assert group_key("!!! 😀") == ""


def test_groups_stay_whole_and_a_tenth_is_held_out() -> None:
    split = cut(numbered(4000))
    assert not {row.group for row in split.train} & {row.group for row in split.validation}
    assert len(split.train) + len(split.validation) == 4000
    assert 300 < len(split.validation) < 500


def test_a_cut_depends_on_each_row_alone() -> None:
    rows = numbered(400)
    whole, half = cut(rows), cut(rows[:200][::-1])
    assert set(half.validation) == set(whole.validation) & set(rows[:200])


def test_train_rows_yield_to_validation() -> None:
    train = (Record("a", group="1"), Record("b", group="2"))
    validation = (Record("c", group="2"),)
    assert keep_apart(Split(train, validation)) == Split(train[:1], validation)


def test_rows_without_a_group_are_each_their_own() -> None:
    split = cut([Record(str(n)) for n in range(400)])
    assert 20 < len(split.validation) < 60
    assert keep_apart(split) == split
