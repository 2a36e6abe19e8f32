"""Which rows are where on their way to an answer; knows no clocks and no processes.

A row waits in the spool, flies in a batch, and lands. What a worker held when it died is
suspect, and goes again row by row; the one that kills twice, alone, is given up.
"""

from collections import deque
from dataclasses import dataclass

from model_package.contract import parse_path
from model_package.promise import Row
from model_package.spool import Spool

IN_FLIGHT = 2  # batches that the worker holds, so that it never waits for the next
DEATHS = 2  # of one row, before it is given up


@dataclass
class Batch:
    """Rows that the worker holds, and how many of the profile's savings they make do with."""

    rows: list[Row]
    level: int


class Lineup:
    """The rows of `spool`, in order."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.flying: deque[Batch] = deque()
        self.suspects: deque[Row] = deque()
        self.lines = 0  # taken from the spool

    @property
    def done(self) -> bool:
        """Whether the input has ended and nothing of it is on its way."""
        return self.spool.exhausted and not self.flying and not self.suspects

    @property
    def left(self) -> int:
        """Lines that have come and are not answered."""
        flying = sum(len(batch.rows) for batch in self.flying)
        return self.spool.waiting + flying + len(self.suspects)

    def next_rows(self, most: int) -> list[Row]:
        """Rows to send now: up to `most`, a suspect alone, a first one soon; none when to wait."""
        if self.suspects:
            return [] if self.flying else [self.suspects.popleft()]
        if len(self.flying) >= IN_FLIGHT:
            return []
        return self.take(most if self.lines else 1)

    def take(self, most: int) -> list[Row]:
        """Up to `most` rows that wait in the spool."""
        first = self.lines + 1
        rows = [
            Row(number, parse_path(line))
            for number, line in enumerate(self.spool.take(most), first)
        ]
        self.lines += len(rows)
        return rows

    def crash(self, guilty: int | None) -> list[Row]:
        """All that flew is suspect; the rows that are given up, which killed once too often.

        guilty: which row of the first batch is known to have done it; a row alone always has.
        """
        held = [row for batch in self.flying for row in batch.rows]
        self.flying.clear()
        alone = len(held) == 1
        for row in held if alone else held[guilty : guilty + 1] if guilty is not None else []:
            row.deaths += 1
        if alone and held[0].deaths >= DEATHS:
            return held
        self.suspects.extendleft(reversed(held))
        return []

    def ground(self) -> list[Row]:
        """Take back all that flies or is suspect."""
        rows = [row for batch in self.flying for row in batch.rows] + list(self.suspects)
        self.flying.clear()
        self.suspects.clear()
        return rows
