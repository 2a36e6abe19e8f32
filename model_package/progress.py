"""How far a run is, on stderr: in place on a terminal, now and then elsewhere."""

import contextlib
import os
import time

from model_package.promise import Log


class Progress:
    """Counts rows and says so; `say` takes a line of text for a log.

    A log gets a line after 10 seconds, then each time twice as many have passed, so that the
    longest run fits under a cap on stderr.
    """

    def __init__(self, say: Log) -> None:
        self.say = say
        self.is_terminal = os.isatty(2)
        self.start = time.monotonic()
        self.next = 0.2 if self.is_terminal else 10.0
        self.rows = 0

    def add(self, rows: int) -> None:
        """So many more rows are written."""
        self.rows += rows
        seconds = time.monotonic() - self.start
        if seconds < self.next:
            return
        self.next = seconds + 0.2 if self.is_terminal else 2 * seconds
        if self.is_terminal:
            with contextlib.suppress(OSError):
                os.write(2, f"\r{self._text(seconds)}\x1b[K\r".encode())
        else:
            self.say(self._text(seconds))

    def close(self, fallbacks: int) -> None:
        """Say what the whole run came to."""
        ending = f", {fallbacks} of them fallbacks" if fallbacks else ""
        self.say(self._text(time.monotonic() - self.start) + ending, final=True)

    def _text(self, seconds: float) -> str:
        return (
            f"{self.rows} rows in {seconds:.1f} s ({self.rows / max(seconds, 0.001):.1f} a second)"
        )
