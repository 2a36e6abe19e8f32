"""Duplicates, exact and near: the first row stays, and rows that disagree on the label go.

Two memes are the same only if both what they say and what they show is the same: one text on
two pictures is two memes, which then share a group.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from data_preparation.cleaning.shingles import Index, features, squash
from data_preparation.cleaning.steps import Dropped, Named, Result
from data_preparation.record import Record


class Memory(Protocol):
    """Rows seen so far, which can be asked for those like another."""

    def like(self, record: Record) -> list[int]:
        """The numbers of the rows seen that are like `record`, first first."""

    def add(self, number: int, record: Record) -> None:
        """Remember `record` as row `number`."""


def drop_exact() -> Named:
    """Of rows that say and show the same, the first stays; where labels differ, none does."""
    return Named("exact duplicate", lambda rows: _sieve("exact duplicate", rows, Exact(), True))


def drop_near(threshold: float, drop_conflicts: bool = True) -> Named:
    """Of rows whose shingles' Jaccard index reaches `threshold`, the first stays.

    Rows so alike that their labels differ all go, unless `drop_conflicts` is off: then they stay,
    as the minimal pairs of a functional test must.
    """

    def step(records: Sequence[Record]) -> Iterator[Result]:
        return _sieve("near-duplicate", records, Near(threshold), drop_conflicts)

    return Named("near-duplicate", step)


class Exact:
    """A `Memory` of what rows say and show, but for spaces, case and punctuation."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, ...], list[int]] = {}

    def like(self, record: Record) -> list[int]:
        """See `Memory`; a row without content is like no other."""
        key = _key(record)
        return list(self.seen.get(key, [])) if any(key) else []

    def add(self, number: int, record: Record) -> None:
        """See `Memory`."""
        self.seen.setdefault(_key(record), []).append(number)


class Near:
    """A `Memory` of shingles."""

    def __init__(self, threshold: float) -> None:
        self.index = Index(threshold)

    def like(self, record: Record) -> list[int]:
        """See `Memory`."""
        return [int(key) for key in self.index.like(features(record))]

    def add(self, number: int, record: Record) -> None:
        """See `Memory`."""
        self.index.add(str(number), features(record))


def _sieve(
    name: str, records: Sequence[Record], memory: Memory, drop_conflicts: bool
) -> Iterator[Result]:
    reasons: dict[int, str] = {}
    for number, record in enumerate(records):
        found = memory.like(record)
        against = [other for other in found if conflict(record, records[other])]
        same = [other for other in found if other not in against]
        if against and drop_conflicts:
            reasons = {other: _disagree(records[other], record) for other in against} | reasons
            reasons[number] = _disagree(record, records[against[0]])
        stays = [other for other in same if other not in reasons]
        if stays and number not in reasons:
            reasons[number] = f"{name} of {records[stays[0]].id}"
        if number not in reasons or not same:
            memory.add(number, record)
    for number, record in enumerate(records):
        yield Dropped(record, name, reasons[number]) if number in reasons else record


def conflict(one: Record, other: Record) -> bool:
    """Whether both have a label, and not the same."""
    return None not in {one.label, other.label} and one.label != other.label


def _disagree(record: Record, other: Record) -> str:
    return f"conflict: label {record.label}, but {other.id} is alike and has label {other.label}"


def _key(record: Record) -> tuple[str, ...]:
    chat = "\n".join(one["content"] for one in record.messages or ())
    same_picture = "" if record.text or record.caption else record.image or ""
    return squash(record.text or ""), squash(record.caption or ""), squash(chat), same_picture
