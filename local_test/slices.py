"""The same measures of all rows, and of each slice of them; values that JSON can hold.

Knows no models. A row may be in no slice of a kind, or in several: a meme can speak of two
groups of people.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from local_test.bootstrap import DRAWS, intervals
from local_test.metrics import scored

FEW = 30  # rows of a class, below which an interval says little
MOST = 40  # slices of one kind: the largest


@dataclass(frozen=True)
class Columns:
    """One entry a row: label and verdict 1 or 0, and the probability as it was printed."""

    labels: Sequence[int]
    probas: Sequence[float]
    verdicts: Sequence[int]

    def take(self, numbers: Sequence[int]) -> "Columns":
        """The rows at `numbers`."""
        return Columns(
            [self.labels[n] for n in numbers],
            [self.probas[n] for n in numbers],
            [self.verdicts[n] for n in numbers],
        )


def summary(columns: Columns, draws: int = DRAWS) -> dict[str, Any]:
    """Rows, harmful rows, and each measure as value, low and high; None where it is undefined.

    A `note` says when a class is absent, or has few rows.
    """
    harmful = sum(columns.labels)
    found = intervals(scored(columns.labels, columns.probas, columns.verdicts), draws)
    values = {name: None if one is None else asdict(one) for name, one in found.items()}
    note = _note(harmful, len(columns.labels) - harmful)
    return {"rows": len(columns.labels), "harmful": harmful, **values, **note}


def sliced(
    columns: Columns, names: Sequence[Collection[str]], draws: int = DRAWS
) -> dict[str, dict[str, Any]]:
    """`summary` of each slice, largest first, of the `MOST` largest; names: of each row's."""
    counts = Counter(name for one in names for name in one)
    largest = sorted(counts, key=lambda name: (-counts[name], name))[:MOST]
    places = {name: [n for n, one in enumerate(names) if name in one] for name in largest}
    return {name: summary(columns.take(numbers), draws) for name, numbers in places.items()}


def _note(harmful: int, benign: int) -> dict[str, str]:
    if not harmful or not benign:
        return {"note": f"no {'benign' if harmful else 'harmful'} rows"}
    if min(harmful, benign) < FEW:
        return {"note": f"few rows: {harmful} harmful, {benign} benign"}
    return {}
