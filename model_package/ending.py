"""The fallback for all that is left when no worker answers any more."""

import time

from model_package.lineup import Lineup
from model_package.lookout import listen
from model_package.promise import Due, Output

HEAP = 4096  # rows that are written at once
SILENCE = 0.05  # seconds in which a sender that has more to send will be heard
LEAST = 100_000  # rows that are written however late it is, for that takes no second


def give_up_rest(lineup: Lineup, output: Output, due: Due, reason: str) -> int:
    """Write the fallback for what is left and for what still comes; how many rows that were."""
    rows = lineup.ground()
    count = len(rows)
    output.give_up(rows, reason)
    while not (_is_past(due.last) or lineup.spool.exhausted):
        rows = lineup.take(HEAP)
        output.give_up(rows, reason)
        count += len(rows)
        if not rows:
            _wait(lineup, output, due)
    return count + _give_up_waiting(lineup, output, due, reason)


def _give_up_waiting(lineup: Lineup, output: Output, due: Due, reason: str) -> int:
    """The same for the lines that have come until now, those too that were not read yet."""
    spool, count = lineup.spool, 0
    while not spool.exhausted and (count < LEAST or not _is_past(due.end)):
        rows = lineup.take(HEAP)
        output.give_up(rows, reason)
        count += len(rows)
        if not rows and (_is_past(due.end) or not _hears(lineup, output)):
            break
    return count


def _hears(lineup: Lineup, output: Output) -> bool:
    """Whether more of the input has come, read or not."""
    spool = lineup.spool
    news = listen([spool.wake, spool.stream], output.fileno(), SILENCE)
    spool.clear()
    return bool(news)


def _wait(lineup: Lineup, output: Output, due: Due) -> None:
    timeout = None if due.last is None else max(0.0, due.last - time.monotonic())
    listen([lineup.spool.wake], output.fileno(), timeout)
    lineup.spool.clear()


def _is_past(moment: float | None) -> bool:
    return moment is not None and time.monotonic() >= moment
