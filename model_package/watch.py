"""How long the worker has been silent, and over what; knows no processes and no rows.

Two things end our patience: silence for longer than a row may take, and silence in which no work
is done at all, which a stopped or deadlocked process is known by much sooner. Both are shorter
where the time limit is near, so that a hang does not eat what is left.
"""

import time

from model_package.promise import Limits

QUIET = 10.0  # seconds without any work, after which silence is a hang
PART = 1 / 8  # of the time that is left may pass in silence,
LEAST = 2.0  # but never less than so many seconds


class Watch:
    """Follows one worker after the other, by what is heard of it.

    since: when it turned to the batch that it is at. at: which row of that batch, if it is one,
    and which stage. warm: whether it has answered anything; its first rows are slow.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.load = 0.0  # the most seconds that a worker took until it was ready
        self.started()

    def started(self) -> None:
        """A new worker loads its models."""
        self.ready = self.warm = False
        self.since = time.monotonic()
        self.at: tuple[int | None, str] = (None, "")
        self.patience = self.since + self.limits.load_seconds
        self.works()

    def loaded(self) -> float:
        """Its models are ready; the seconds that this took."""
        self.ready = True
        took = time.monotonic() - self.since
        self.load = max(self.load, took)
        return took

    def turned(self) -> None:
        """It turns to the next batch."""
        self.since = time.monotonic()
        self.beat(None, "")

    def beat(self, row: int | None, stage: str) -> None:
        """It gives a sign of life."""
        self.at = row, stage
        most = self.limits.row_seconds
        # Waiting is the better bargain until it has cost as much as another worker would, which
        # loads and then is as slow; and loading took long where the machine is busy.
        self.patience = time.monotonic() + min(most, max(2 * self.load, self._part(most)))
        self.works()

    def works(self) -> None:
        """It is silent, but its processor time grows."""
        self.quiet = time.monotonic() + self._part(QUIET)

    @property
    def end(self) -> float:
        """When our patience ends, unless something is heard of it."""
        return min(self.patience, self.quiet)

    def is_over(self) -> bool:
        """Whether it has been silent for too long."""
        return time.monotonic() >= self.end

    @property
    def verdict(self) -> str:
        """What is said of one that has."""
        if not self.ready:
            stopped = self.patience > self.quiet
            return "it hung while it loaded" if stopped else "its models took too long to load"
        return f"it hung in {self.at[1]}" if self.at[1] else "it hung"

    def _part(self, most: float) -> float:
        """`most` seconds, or a part of the time that is left."""
        deadline = self.limits.due.deadline
        if deadline is None:
            return most
        return min(most, max(LEAST, PART * (deadline - time.monotonic())))
