"""Rows that a test set knows already: the same text, nearly the same, or a translation of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data_preparation.cleaning.shingles import Index, index_of, shingles, squash
from data_preparation.cleaning.steps import Named, one_by_one
from data_preparation.record import Record, read_records


@dataclass(frozen=True)
class TestSet:
    """What may not be trained on: texts by their squashed form, shingles, groups; ids of each."""

    __test__ = False  # for pytest: no test class

    texts: dict[str, str]
    groups: dict[str, str]
    near: Index


def read_test_sets(paths: Iterable[Path], threshold: float) -> TestSet:
    """All records of the files at `paths`, as one test set; ids say which file they are from."""
    rows = [(f"{path.name}: {row.id}", row) for path in paths for row in read_records(path)]
    return TestSet(
        {squash(_told(row)): name for name, row in rows if squash(_told(row))},
        {row.group: name for name, row in rows if row.group},
        index_of(((name, shingles(_told(row))) for name, row in rows), threshold),
    )


def drop_known(tests: TestSet) -> Named:
    """Drop rows that are in `tests`, are nearly in it, or share a group with a row of it."""

    def judge(record: Record) -> Record | str:
        told = _told(record)
        if squash(told) in tests.texts:
            return f"in the test set: {tests.texts[squash(told)]}"
        if record.group in tests.groups:
            return f"in one group with the test set: {tests.groups[record.group]}"
        near = tests.near.like(shingles(told))
        return f"near the test set: {near[0]}" if near else record

    return one_by_one("decontaminate", judge)


def _told(record: Record) -> str:
    """What a row is known by: its text; its caption only where it has none."""
    chat = "\n".join(one["content"] for one in record.messages or ())
    return record.text or record.caption or chat
