"""Intervals by the bootstrap: rows are drawn again, with replacement, and measured again.

The draws are not stratified: that a sample holds more or fewer harmful rows is chance too, and
belongs into the interval. A draw in which a measure is undefined, such as AUROC with one class,
is left out of that measure's interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local_test.metrics import MEASURES, Floats, Scored, measure

DRAWS = 1000
CELLS = 1_000_000  # draws x rows that are held in memory at once


@dataclass(frozen=True)
class Score:
    """A measure's value, and the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def intervals(rows: Scored, draws: int = DRAWS, seed: int = 0) -> dict[str, Score | None]:
    """Each of `MEASURES` with its percentile interval; None where the value is undefined.

    A calibration error can only lean upward when rows are drawn again, so an interval that
    would leave out the value itself is widened to it.
    """
    values = measure(rows)
    drawn = [measure(rows, counts) for counts in resamples(len(rows), draws, seed)]
    return {
        name: _score(float(values[name][0]), np.concatenate([one[name] for one in drawn]))
        for name in MEASURES
    }


def resamples(rows: int, draws: int, seed: int) -> Iterator[Floats]:
    """How often each of `rows` is drawn, in blocks of shape (some draws, rows)."""
    rng = np.random.default_rng(seed)
    size = max(1, CELLS // rows)
    for start in range(0, draws, size):
        picks = rng.integers(0, rows, (min(size, draws - start), rows), dtype=np.int32)
        counts = [np.bincount(pick, minlength=rows) for pick in picks]
        yield np.asarray(counts, dtype=float)


def _score(value: float, drawn: Floats) -> Score | None:
    if np.isnan(value):
        return None
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Score(value, min(float(low), value), max(float(high), value))
