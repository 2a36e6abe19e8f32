"""A polite end: what is under way is waited for; knows nothing of what that is."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def finish_first(stop: Callable[[], None]) -> Iterator[None]:
    """Meanwhile the first signal to stop calls `stop`, and a second raises `KeyboardInterrupt`.

    Signals that would be ignored, or kill, stay as they are; so does all outside the main thread.
    """
    asked = False

    def hear(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        stop()

    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in SIGNALS if main}
    for number in (one for one, handler in before.items() if callable(handler)):
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
