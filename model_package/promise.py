"""What the supervisor and those it works with hand each other; nothing is done here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass
class Row:
    """A line on its way: its place in the input (from 1), its path, deaths it caused alone."""

    number: int
    path: str
    deaths: int = 0


@dataclass(frozen=True)
class Limits:
    """batch_rows: rows sent together. row_seconds, load_seconds: longer is taken as a hang.

    deadline: in `time.monotonic` seconds; what is not answered by then gets the fallback.
    end: likewise; lines that come later than this get no row.
    """

    batch_rows: int
    row_seconds: float
    load_seconds: float
    deadline: float | None = None
    end: float | None = None


class Worker(Protocol):
    """A process with the models."""

    def fileno(self) -> int:
        """Readable when there is something to receive, or the worker has died."""

    def send(self, message: Any) -> None:
        """Never waits, and never fails: that the worker has died, `receive` tells."""

    def receive(self) -> dict[str, Any]:
        """Raises EOFError or OSError when the worker has died."""

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it has not died by itself within `grace` seconds; tell how it ended."""


class Output(Protocol):
    """Where rows go."""

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the worker's prediction for `row`; ValueError when it is none."""

    def give_up(self, rows: Sequence[Row], reason: str) -> None:
        """Write the fallback for each of `rows`."""


class Log(Protocol):
    """Notes for a person; `final` ones are written even when ordinary ones have used the cap."""

    def __call__(self, message: str, final: bool = False) -> None:
        """Write one line."""
