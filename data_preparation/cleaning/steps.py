"""Steps that keep a record or drop it with a reason; knows nothing of any reason.

A step is a function from all records to one result a record: the record, perhaps mended, or
`Dropped`. `apply_steps` checks after each that no row was lost and none appeared.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from data_preparation.record import Record


@dataclass(frozen=True)
class Dropped:
    """A record that was left out: by which step, and why."""

    record: Record
    step: str
    reason: str


Result = Record | Dropped
Step = Callable[[Sequence[Record]], Iterable[Result]]


@dataclass(frozen=True)
class Named:
    """A step and the name that its drops carry."""

    name: str
    step: Step


@dataclass(frozen=True)
class Sieved:
    """What steps left, what they dropped, and how many rows each of them dropped."""

    kept: tuple[Record, ...]
    dropped: tuple[Dropped, ...]
    counts: dict[str, int]


def apply_steps(records: Iterable[Record], steps: Iterable[Named]) -> Sieved:
    """Run `steps` in order; an `AssertionError` unless rows in are rows kept and rows dropped."""
    kept: tuple[Record, ...] = tuple(records)
    dropped: list[Dropped] = []
    counts = {}
    for named in steps:
        results = _run(named, kept)
        gone = [result for result in results if isinstance(result, Dropped)]
        kept = tuple(result for result in results if isinstance(result, Record))
        dropped += gone
        counts[named.name] = len(gone)
    return Sieved(kept, tuple(dropped), counts)


def one_by_one(name: str, judge: Callable[[Record], Record | str]) -> Named:
    """A step that looks at one row alone; `judge` returns the row, or the reason to drop it."""

    def step(records: Sequence[Record]) -> Iterator[Result]:
        for record in records:
            verdict = judge(record)
            yield Dropped(record, name, verdict) if isinstance(verdict, str) else verdict

    return Named(name, step)


def _run(named: Named, records: Sequence[Record]) -> list[Result]:
    bar = tqdm(total=len(records), desc=named.name, unit="row", disable=None, leave=False)
    results = []
    with bar:
        for result in named.step(records):
            results.append(result)
            bar.update()
    before = [record.id for record in records]
    after = [_id(result) for result in results]
    if sorted(before) != sorted(after):
        raise AssertionError(f"{named.name}: {len(before)} rows went in, {len(after)} came out")
    return results


def _id(result: Result) -> str:
    return result.record.id if isinstance(result, Dropped) else result.id
