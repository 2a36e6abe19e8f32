"""The fallback for all that is left when no worker answers any more."""

import time

from model_package.lineup import Lineup
from model_package.lookout import listen
from model_package.promise import Due, Output, Row

HEAP = 4096  # rows that are written at once


def give_up_rest(lineup: Lineup, output: Output, due: Due, reason: str) -> int:
    """Write the fallback for what is left and for what still comes; how many rows that were."""
    rows, count = lineup.ground(), 0
    while rows := rows or _last_rows(lineup, output, due):
        output.give_up(rows, reason)
        count += len(rows)
        rows = []
    return count


def _last_rows(lineup: Lineup, output: Output, due: Due) -> list[Row]:
    """Rows that are there or still come; none when the input or the time has ended."""
    spool = lineup.spool
    while not (rows := lineup.take(HEAP)) and not spool.exhausted:
        timeout = None if due.last is None else due.last - time.monotonic()
        if timeout is not None and timeout <= 0:
            return []
        listen([spool.wake], output.fileno(), timeout)
        spool.clear()
    return [] if due.end is not None and time.monotonic() >= due.end else rows
