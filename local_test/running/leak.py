"""Whether memory grows with rows: a robust line through samples, with its error.

Knows nothing of who took the samples. The slope is the median of the slopes between all pairs of
points (Theil 1950, Sen 1968), so that a few odd samples do not move it; its interval comes from a
moving-block bootstrap (Kunsch 1989), as neighbours in time are alike. A leak is a slope that is
above what is allowed by all of its interval, no mere trifle, and still there in each third of the
rows: a warm-up that took longer, or one large step, is none, nor is what grows unsteadily over few
rows. Where rows come in a few bursts, as
those of a program that does not flush do, time stands in for rows, and the slope must be there in
each tenth of it: loading a model is over before the rows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from local_test.running.sampling import Sample

WARM_UP = 0.25  # of the rows: caches fill, and pools grow to the largest picture
FEWEST_ROWS = 8  # after warm-up
FEW_ROWS = 40  # below which time does not stand in for them
MANY_ROWS = 400  # below which pools may still grow: only a steady and gross leak is called one
STEADY = 0.6  # of the slope, which all of the interval of a steady one is above
FEWEST_POINTS = 6  # of them at which memory was sampled
FEW_BURSTS = 3  # in which rows came, for time to stand in for them
LEAST_SECONDS = 20.0  # of a run, for the same: models may load for all of a shorter one
TENTHS = 10
MOST_POINTS = 60  # rows are put together to so many
ALLOWED = 20.0  # MiB a thousand rows: what fragments and kept answers may take
LEAST_MIB = 8.0  # that it must have grown by, all in all
GROSS_MIB = 100.0  # or by so much, over few rows: what pools may take for their first pictures
LEAST_BY_TIME_MIB = 50.0  # or by so much, where time stands in for rows
DRAWS = 400
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Growth:
    """MiB a thousand rows, with the 95 % interval, and whether that is a leak; timed: rows came
    in so few bursts that time stood in for them."""

    slope: float
    low: float
    high: float
    leaks: bool
    timed: bool = False

    def __str__(self) -> str:
        interval = f"95% interval {self.low:.1f} to {self.high:.1f}"
        told = "; by time, for rows came in bursts" if self.timed else ""
        return f"{self.slope:.1f} MiB a thousand rows ({interval}{told})"


def growth(samples: Sequence[Sample], rows: int = 0) -> Growth | None:
    """Of memory; None where there are too few rows to judge. rows: that were written in all."""
    pairs = [(one.rows, one.memory_mib) for one in samples]
    return fit(pairs) or by_time(
        [(one.seconds, *pair) for one, pair in zip(samples, pairs, strict=True)], rows
    )


def gpu_growth(samples: Sequence[Sample], rows: int = 0) -> Growth | None:
    """Of the GPU's memory; None where there is none, too."""
    known = [one for one in samples if one.gpu_mib is not None]
    return growth([one._replace(memory_mib=one.gpu_mib or 0.0) for one in known], rows)


def fit(pairs: Sequence[tuple[float, float]], allowed: float = ALLOWED) -> Growth | None:
    """The growth of pairs of rows and MiB, in order; samples before the first row and after the
    last one, when models come and go, are left out."""
    points = _points(pairs)
    if points is None:
        return None
    least = LEAST_MIB if 1000 * np.ptp(points[:, 0]) >= MANY_ROWS else GROSS_MIB
    return _grown(points, allowed, least, 3)


def by_time(found: Sequence[tuple[float, int, float]], rows: int) -> Growth | None:
    """The growth of (seconds, rows, MiB), as though `rows` rows had come evenly; None where more
    bursts of them were seen, for those say more, and where samples, rows or seconds are few."""
    bursts = len({done for _, done, _ in found if done})
    if rows < FEW_ROWS or bursts > FEW_BURSTS or not found or found[-1][0] < LEAST_SECONDS:
        return None
    pace = rows / found[-1][0]
    points = _points([(pace * seconds, mib) for seconds, _, mib in _until_it_ends(found)])
    if points is None or len(points) < 2 * TENTHS:
        return None
    return replace(_grown(points, ALLOWED, LEAST_BY_TIME_MIB, TENTHS), timed=True)


def _until_it_ends(found: Sequence[tuple[float, int, float]]) -> Sequence[tuple[float, int, float]]:
    """Without the last moments, in which a program that ends gives its memory back."""
    peak = max(range(len(found)), key=lambda number: found[number][2])
    return found[: peak + 1] if found[peak][0] > 0.95 * found[-1][0] else found


def _grown(points: Points, allowed: float, least: float, parts: int) -> Growth:
    """A leak when by all of its interval above `allowed`, more than `least` MiB in all, and a
    quarter as fast at least in each of so many parts."""
    slope = _slope(points)
    low, high = _interval(points)
    rows = float(np.ptp(points[:, 0]))  # thousands
    lasting = all(_slope(part) > slope / 4 for part in np.array_split(points, parts))
    steady = 1000 * rows >= MANY_ROWS or low > STEADY * slope
    leaks = low > allowed and slope * rows > least and lasting and steady
    return Growth(slope, low, high, leaks)


def _points(pairs: Sequence[tuple[float, float]]) -> Points | None:
    """(points, 2): thousands of rows and the median of the MiB there, after warm-up."""
    found = np.array(pairs, float).reshape(-1, 2)
    last = found[:, 0].max(initial=0)
    warm = found[(found[:, 0] > WARM_UP * last) & (found[:, 0] < last)]
    if not len(warm) or np.ptp(warm[:, 0]) < FEWEST_ROWS:
        return None
    edges = np.linspace(warm[0, 0], last, MOST_POINTS + 1)
    bins = np.digitize(warm[:, 0], edges)
    points = np.array([np.median(warm[bins == one], axis=0) for one in np.unique(bins)])
    return points / [1000, 1] if len(points) >= FEWEST_POINTS else None


def _slope(points: Points) -> float:
    """The median slope of all pairs of points with different rows; 0 where there is none."""
    across = points[:, None] - points[None]  # (points, points, 2)
    apart = across[..., 0] > 0
    return float(np.median(across[apart][:, 1] / across[apart][:, 0])) if apart.any() else 0.0


def _interval(points: Points) -> tuple[float, float]:
    """2.5 % and 97.5 % of the slopes of draws of blocks of neighbouring points."""
    count = len(points)
    block = max(2, round(count**0.5))
    draw = np.random.default_rng(0)
    starts = draw.integers(0, count - block + 1, (DRAWS, -(-count // block)))
    rows = (starts[..., None] + np.arange(block)).reshape(DRAWS, -1)[:, :count]
    low, high = np.quantile([_slope(points[one]) for one in rows], [0.025, 0.975])
    return float(low), float(high)
