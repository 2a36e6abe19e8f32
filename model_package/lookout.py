"""Waits for news from several file descriptors at once; knows nothing of what they carry."""

import math
import select
import time
from collections.abc import Iterable

GONE = select.POLLERR | select.POLLHUP
LONGEST = 3600.0  # seconds of one wait; poll(2) takes no more than 24 days
SLICE = 0.5  # seconds after which a wait looks at its end again, which a signal may have moved


def listen(sources: Iterable[int], sink: int, timeout: float | None) -> set[int]:
    """Those of `sources` that can be read, none after `timeout` seconds, or after `LONGEST`.

    Raises BrokenPipeError once nobody is left who could read what is written to `sink`.
    """
    poll = select.poll()
    for source in sources:
        poll.register(source, select.POLLIN)
    poll.register(sink, 0)
    heard = dict(poll.poll(None if timeout is None else math.ceil(min(timeout, LONGEST) * 1000)))
    if heard.pop(sink, 0) & GONE:
        raise BrokenPipeError
    return set(heard)


def can_write(sink: int, end: float | None) -> bool:
    """Whether `sink` takes some bytes before `end`, or before a slice of time is over.

    end: in `time.monotonic` seconds, None for never; one that is past asks without waiting.
    """
    poll = select.poll()
    poll.register(sink, select.POLLOUT)
    timeout = SLICE if end is None else min(SLICE, max(0.0, end - time.monotonic()))
    return bool(poll.poll(math.ceil(timeout * 1000)))
