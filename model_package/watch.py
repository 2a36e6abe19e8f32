"""How long the worker has been silent, and over what; knows no processes and no rows."""

import time

from model_package.promise import Limits


class Watch:
    """Follows one worker after the other, by what is heard of it.

    since: when it turned to the batch that it is at. at: which row of that batch, if it is one,
    and which stage. warm: whether it has answered anything; its first rows are slow.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.started()

    def started(self) -> None:
        """A new worker loads its models."""
        self.ready = self.warm = False
        self.since = time.monotonic()
        self.patience = self.since + self.limits.load_seconds
        self.at: tuple[int | None, str] = (None, "")

    def loaded(self) -> float:
        """Its models are ready; the seconds that this took."""
        self.ready = True
        return time.monotonic() - self.since

    def turned(self) -> None:
        """It turns to the next batch."""
        self.since = time.monotonic()
        self.beat(None, "")

    def beat(self, row: int | None, stage: str) -> None:
        """It gives a sign of life."""
        self.at = row, stage
        self.patience = time.monotonic() + self.limits.row_seconds

    def is_over(self) -> bool:
        """Whether it has been silent for too long."""
        return time.monotonic() >= self.patience

    @property
    def verdict(self) -> str:
        """What is said of one that has."""
        if not self.ready:
            return "its models took too long to load"
        return f"it hung in {self.at[1]}" if self.at[1] else "it hung"
