"""Rate limits and waits between attempts; knows nothing of what is asked."""

import math
import random
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Manners:
    """How an endpoint is treated.

    concurrency: requests under way at once. requests_per_minute, tokens_per_minute: limits, kept
    by even spacing. retries: attempts after the first. timeout: seconds of silence before an
    attempt is given up. first_wait, longest_wait: seconds between attempts, doubling from the
    one to the other; a server that asks for more than longest_obeyed seconds is given up.
    """

    concurrency: int = 8
    requests_per_minute: float = math.inf
    tokens_per_minute: float = math.inf
    retries: int = 6
    timeout: float = 120.0
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_obeyed: float = 600.0

    def wait(self, attempt: int) -> float:
        """Seconds after attempt number `attempt`, from 1; half of it, at most, is cut by chance."""
        longest = min(self.longest_wait, self.first_wait * 2.0 ** min(attempt - 1, 30))
        return longest * random.uniform(0.5, 1.0)


class Pace:
    """Holds threads back so that together they keep the limits, until it is stopped."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.next = time.monotonic()
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def take(self, tokens: int) -> bool:
        """Wait for this thread's turn to spend `tokens`; False once stopped."""
        with self.lock:
            start = max(self.next, time.monotonic())
            self.next = start + self._seconds(tokens)
        return self.sleep(start - time.monotonic())

    def pause(self, seconds: float) -> None:
        """Nobody goes on for `seconds`: the server asked for it."""
        with self.lock:
            self.next = max(self.next, time.monotonic() + seconds)

    def sleep(self, seconds: float) -> bool:
        """Wait; False when stopped meanwhile or before."""
        return not self.stopped.wait(max(seconds, 0.0))

    def stop(self) -> None:
        """Wake every sleeper; from now on nobody takes a turn."""
        self.stopped.set()

    def _seconds(self, tokens: int) -> float:
        limits = self.manners
        return max(60 / limits.requests_per_minute, 60 * tokens / limits.tokens_per_minute)
