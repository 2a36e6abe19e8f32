"""The same measures of all rows, and of each slice of them; values that JSON can hold.

Knows no models. A row may be in no slice of a kind, or in several: a meme can speak of two
groups of people. A row's own group, though, are the near copies of it (groups.py).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from local_test.bootstrap import DRAWS, intervals
from local_test.groups import count
from local_test.metrics import Scored, scored

FEW = 30  # groups of rows of a class, below which an interval says little
MOST = 40  # slices of one kind: the largest


@dataclass(frozen=True)
class Columns:
    """One entry a row: label and verdict 1 or 0, the probability as it was printed, and the name
    of its group; an empty one, or no names at all, where a row is its own group."""

    labels: Sequence[int]
    probas: Sequence[float]
    verdicts: Sequence[int]
    groups: Sequence[str] = ()

    def take(self, numbers: Sequence[int]) -> "Columns":
        """The rows at `numbers`."""
        return Columns(
            [self.labels[n] for n in numbers],
            [self.probas[n] for n in numbers],
            [self.verdicts[n] for n in numbers],
            [self.groups[n] for n in numbers] if self.groups else (),
        )


def summary(columns: Columns, draws: int = DRAWS) -> dict[str, Any]:
    """Rows, groups of them, harmful rows, and each measure as value, low and high; None where it
    is undefined.

    A `note` says when a class is absent, or has few rows, or few groups of them.
    """
    rows = scored(columns.labels, columns.probas, columns.verdicts, groups=columns.groups)
    found = intervals(rows, draws)
    values = {name: None if one is None else asdict(one) for name, one in found.items()}
    counts = {"rows": len(rows), "groups": count(rows.groups), "harmful": sum(columns.labels)}
    return {**counts, **values, **_note(rows)}


def sliced(
    columns: Columns, names: Sequence[Collection[str]], draws: int = DRAWS
) -> dict[str, dict[str, Any]]:
    """`summary` of each slice, largest first, of the `MOST` largest; names: of each row's."""
    counts = Counter(name for one in names for name in one)
    largest = sorted(counts, key=lambda name: (-counts[name], name))[:MOST]
    places = {name: [n for n, one in enumerate(names) if name in one] for name in largest}
    return {name: summary(columns.take(numbers), draws) for name, numbers in places.items()}


def _note(rows: Scored) -> dict[str, str]:
    harmful, benign = (count(rows.groups[rows.labels == label]) for label in (1, 0))
    if not harmful or not benign:
        return {"note": f"no {'benign' if harmful else 'harmful'} rows"}
    if min(harmful, benign) < FEW:
        what = "rows" if count(rows.groups) == len(rows) else "groups"
        return {"note": f"few {what}: {harmful} harmful, {benign} benign"}
    return {}
