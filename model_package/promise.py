"""What the supervisor and those it works with hand each other; nothing is done here."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

# Fallback rows a second that are written at least; 100,000 were, with 13 busy processes beside
# on two cores.
PACE = 50_000


@dataclass
class Row:
    """A line on its way: its place in the input (from 1), its path, deaths it caused alone."""

    number: int
    path: str
    deaths: int = 0


@dataclass
class Due:
    """When to end, in `time.monotonic` seconds; None where nothing presses. A signal moves it.

    deadline: what is not answered by then gets the fallback. last: lines are no longer waited
    for. end: rows that nobody has taken by then are not written. room: seconds before `end` that
    writing the fallback for all that waits takes.
    """

    deadline: float | None = None
    last: float | None = None
    end: float | None = None
    room: float = 0.0

    def hasten(self, deadline: float, end: float) -> None:
        """End no later than this."""
        self.deadline = min(deadline, self.deadline or deadline)
        self.last = min(deadline, self.last or deadline)
        self.end = min(end, self.end or end)

    def make_room(self, rows: int) -> None:
        """Be late soon enough to write the fallback for so many rows."""
        self.room = rows / PACE

    @property
    def latest(self) -> float | None:
        """The deadline, or sooner, where there is much to write."""
        if self.deadline is None or self.end is None:
            return self.deadline
        return min(self.deadline, self.end - self.room)

    def is_late(self) -> bool:
        """Whether it is too late for answers."""
        return (latest := self.latest) is not None and time.monotonic() >= latest


@dataclass(frozen=True)
class Limits:
    """batch_rows: rows sent together. savings: of the profile, the first goes first.

    row_seconds: a worker without a sign of life for so long hangs; load_seconds: likewise one
    whose models are not ready.
    """

    batch_rows: int
    row_seconds: float
    load_seconds: float
    savings: tuple[str, ...] = ()
    due: Due = field(default_factory=Due)


class Unwritten(Exception):
    """Rows cannot be written, for the reason in the message."""


class Worker(Protocol):
    """A process with the models."""

    def fileno(self) -> int:
        """Readable when there is something to receive, or the worker has died."""

    def send(self, message: Any) -> None:
        """Never waits, and never fails: that the worker has died, `receive` tells."""

    def receive(self) -> dict[str, Any]:
        """Raises EOFError or OSError when the worker has died, or stops amid a message."""

    def works(self) -> bool:
        """Whether it has used a processor since this was last asked, or waits for one or a disk.

        True where that cannot be known.
        """

    def kill(self) -> None:
        """Kill it, and do not wait until it is dead."""

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it has not died by itself within `grace` seconds; tell how it ended."""


class Output(Protocol):
    """Where rows go. Both ways of writing raise BrokenPipeError or `Unwritten` when they cannot."""

    def fileno(self) -> int:
        """In error once nobody is left to read the rows."""

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the worker's prediction for `row`.

        ValueError, KeyError or TypeError, and nothing written, when it is none.
        """

    def give_up(self, rows: Sequence[Row], reason: str) -> None:
        """Write the fallback for each of `rows`."""


class Log(Protocol):
    """Notes for a person; `final` ones are written even when ordinary ones have used the cap."""

    def __call__(self, message: str, final: bool = False) -> None:
        """Write one line."""
