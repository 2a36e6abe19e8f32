"""stderr has a cap, keeps what matters, and passes on nothing that a library printed."""

import fcntl
import os
import tempfile

from model_package.log import CAP, Log


def written(log: Log) -> bytes:
    """All that `log` wrote to its file."""
    return os.pread(log.target, 10 * CAP, 0)


def make() -> Log:
    handle, path = tempfile.mkstemp()
    os.unlink(path)
    return Log(handle)


def test_ordinary_notes_leave_room_for_the_last_ones() -> None:
    log = make()
    for n in range(10_000):
        log(f"row {n}: fallback: none")
    log("the worker keeps dying: 9 rows got the fallback", final=True)
    log.close()
    lines = written(log).decode().splitlines()
    assert len(written(log)) <= CAP
    assert lines[-2] == "memesieve: the worker keeps dying: 9 rows got the fallback"
    assert lines[-1] == f"memesieve: {10_000 - len(lines) + 2} more notes were left out"


def test_what_libraries_print_is_counted_and_withheld() -> None:
    log = make()
    source, sink = os.pipe()
    thread = log.follow(source)
    log("a note")
    os.write(sink, b"Traceback: secret words\nmemesieve: secret words that feign a note\n")
    os.close(sink)
    thread.join(60)
    log.close()
    lines = written(log).decode().splitlines()
    assert lines == [
        "memesieve: a note",
        "memesieve: 2 lines printed by libraries were withheld",
    ]


def test_a_reader_that_sleeps_holds_up_nothing() -> None:
    source, sink = os.pipe()
    fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, 4096)
    log = Log(sink)
    for n in range(1000):
        log(f"row {n}: fallback: none")
    assert log.dropped == 1000 - os.read(source, CAP).count(b"\n")
    log.close()
    assert f": {log.dropped} more notes were left out\n".encode() in os.read(source, CAP)


def test_a_reader_that_has_gone_stops_nothing() -> None:
    source, sink = os.pipe()
    os.close(source)
    Log(sink)("a note")
