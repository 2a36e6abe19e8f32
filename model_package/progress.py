"""How far a run is, on stderr: in place on a terminal, now and then elsewhere."""

import sys
import time
from collections.abc import Callable


class Progress:
    """Counts rows and says so; `say` takes a line of text for a log.

    A log gets a line after 10 seconds, then each time twice as many have passed, so that the
    longest run fits under a cap on stderr.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.is_terminal = sys.stderr.isatty()
        self.start = time.monotonic()
        self.next = 0.2 if self.is_terminal else 10.0
        self.rows = 0

    def add(self) -> None:
        """One more row is written."""
        self.rows += 1
        seconds = time.monotonic() - self.start
        if seconds < self.next:
            return
        self.next = seconds + 0.2 if self.is_terminal else 2 * seconds
        if self.is_terminal:
            sys.stderr.write(f"\r{self._text(seconds)}\x1b[K\r")
        else:
            self.say(self._text(seconds))

    def close(self, fallbacks: int) -> None:
        """Say what the whole run came to."""
        ending = f", {fallbacks} of them fallbacks" if fallbacks else ""
        self.say(self._text(time.monotonic() - self.start) + ending)

    def _text(self, seconds: float) -> str:
        return (
            f"{self.rows} rows in {seconds:.1f} s ({self.rows / max(seconds, 0.001):.1f} a second)"
        )
