"""Intervals by the bootstrap: groups of rows are drawn again, with replacement, and measured again.

Whole groups are drawn, as many as there are, and each brings all its rows: rows of one template are
no independent draws (the cluster bootstrap: Davison and Hinkley 1997, section 3.8; Field and Welsh
2007). Where every row is its own group, that is the ordinary bootstrap of rows. With few groups
(slices.py tells) even these intervals are too narrow (Cameron, Gelbach and Miller 2008).

The draws are not stratified: that a sample holds more or fewer harmful rows is chance too, and
belongs into the interval. A draw in which a measure is undefined, such as AUROC with one class,
is left out of that measure's interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local_test.groups import Groups, count
from local_test.metrics import MEASURES, Floats, Scored, measure

DRAWS = 1000
CELLS = 1_000_000  # draws x rows that are held in memory at once
SIDES = {"auroc": (0, 1), "average_precision": (0, 1), "false_positive_rate": (0,)}


@dataclass(frozen=True)
class Score:
    """A measure's value, and the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def intervals(rows: Scored, draws: int = DRAWS, seed: int = 0) -> dict[str, Score | None]:
    """Each of `MEASURES` with its percentile interval; None where the value is undefined.

    A calibration error can only lean upward when rows are drawn again, so an interval that
    would leave out the value itself is widened to it; one that rests on a single group of
    several rows is 0 to 1, for nothing is known of other groups.
    """
    values = measure(rows)
    blocks = resamples(len(rows), draws, seed, rows.groups)
    drawn = [measure(rows, counts) for counts in blocks]
    found = {name: np.concatenate([one[name] for one in drawn]) for name in MEASURES}
    return {
        name: _score(float(values[name][0]), found[name], _varies(rows, name)) for name in MEASURES
    }


def resamples(rows: int, draws: int, seed: int, groups: Groups | None = None) -> Iterator[Floats]:
    """How often each of `rows` is drawn, in blocks of shape (some draws, rows).

    groups: (rows,) as of `groups.numbered`; left out, rows are drawn one by one.
    """
    rng = np.random.default_rng(seed)
    size, units = max(1, CELLS // rows), rows if groups is None else int(groups.max()) + 1
    for start in range(0, draws, size):
        picks = rng.integers(0, units, (min(size, draws - start), units), dtype=np.int32)
        counts = np.asarray([np.bincount(pick, minlength=units) for pick in picks], dtype=float)
        yield counts if groups is None or units == rows else counts.take(groups, axis=1)


def _varies(rows: Scored, name: str) -> bool:
    """Whether the rows that a measure is made of, of each class that it needs, are of several
    groups, or are one row."""
    sides = [rows.groups[rows.labels == side] for side in SIDES.get(name, ())] or [rows.groups]
    return all(len(one) < 2 or count(one) > 1 for one in sides)


def _score(value: float, drawn: Floats, varies: bool) -> Score | None:
    if np.isnan(value):
        return None
    if not varies:
        return Score(value, 0.0, 1.0)
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Score(value, min(float(low), value), max(float(high), value))
