"""Rows in are rows kept and rows dropped, after every step; a step that cheats is caught."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_preparation.cleaning.steps import Dropped, Named, Result, apply_steps, one_by_one
from data_preparation.record import Record


def without(letter: str) -> Named:
    def judge(record: Record) -> Record | str:
        return f"has {letter}" if letter in str(record.text) else record

    return one_by_one(f"no {letter}", judge)


@given(st.lists(st.text("abc", max_size=4)))
def test_every_row_is_kept_or_dropped_once(texts: list[str]) -> None:
    records = [Record(str(n), text=text) for n, text in enumerate(texts)]
    found = apply_steps(records, [without("a"), without("b")])
    gone = [one.record for one in found.dropped]
    assert sorted([*found.kept, *gone], key=lambda row: int(row.id)) == records
    assert found.counts["no a"] == sum("a" in text for text in texts)
    assert found.counts["no b"] == sum("b" in text and "a" not in text for text in texts)
    assert all(one.reason == f"has {one.step[-1]}" for one in found.dropped)


def loses(records: Sequence[Record]) -> Iterator[Result]:
    yield from records[1:]


def doubles(records: Sequence[Record]) -> Iterator[Result]:
    yield from records
    yield Dropped(records[0], "doubles", "seen twice")


@pytest.mark.parametrize("step", [loses, doubles])
def test_a_step_that_loses_or_doubles_a_row_is_caught(step: object) -> None:
    with pytest.raises(AssertionError, match="^bad: 2 rows went in, [13] came out"):
        apply_steps([Record("a"), Record("b")], [Named("bad", step)])  # type: ignore[arg-type]
