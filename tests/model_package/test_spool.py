"""Lines come out as they went in, whatever their number and pace."""

import os
import tempfile
import threading
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_package import store
from model_package.spool import Spool
from model_package.store import Store


def drain(spool: Spool, most: int = 7) -> list[bytes]:
    """Every line, once the stream has ended."""
    lines: list[bytes] = []
    while not spool.exhausted:
        lines += spool.take(most)
    return lines


@settings(max_examples=50, deadline=None)  # two busy cores are no fault of the spool
@given(st.lists(st.binary(max_size=9).filter(lambda line: not {10, 13} & set(line))))
def test_lines_come_out_as_they_went_in(lines: list[bytes]) -> None:
    source, feed = os.pipe()
    os.write(feed, b"".join(line + b"\r\n" for line in lines))
    os.close(feed)
    spool = Spool(source)
    spool.start()
    assert drain(spool) == lines
    os.close(source)


def test_what_came_is_there_before_the_stream_ends() -> None:
    source, feed = os.pipe()
    spool = Spool(source)
    spool.start()
    os.write(feed, b"a\nb")
    deadline = time.monotonic() + 60
    while not (lines := spool.take(9)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lines == [b"a"]
    os.close(feed)
    assert drain(spool) == [b"b"]


def test_a_million_lines_cost_no_memory() -> None:
    source, feed = os.pipe()
    block = b"/images/0123456789.png\n" * 10_000

    def send() -> None:
        with os.fdopen(feed, "wb") as stream:
            for _ in range(100):
                stream.write(block)

    threading.Thread(target=send).start()
    spool = Spool(source)
    tracemalloc.start()
    spool.start()
    count = 0
    while not spool.exhausted:
        count += len(spool.take(64))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_000_000
    assert peak < 4_000_000


def test_what_waits_is_counted() -> None:
    source, feed = os.pipe()
    os.write(feed, b"a\n\nb\nwithout an end")
    os.close(feed)
    spool = Spool(source)
    spool.start()
    drained = []
    while not spool.exhausted:
        if spool.ended:
            drained.append((spool.waiting, spool.take(2)))
    assert drained == [(4, [b"a", b""]), (2, [b"b", b"without an end"])]


def test_without_a_disk_no_more_is_read_than_memory_may_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object, **__: object) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "TemporaryFile", missing)
    monkeypatch.setattr(store, "IN_MEMORY", 100_000)
    source, feed = os.pipe()
    block = b"0123456789\n" * 10_000

    def send() -> None:
        with os.fdopen(feed, "wb") as stream:
            for _ in range(20):
                stream.write(block)

    threading.Thread(target=send).start()
    spool = Spool(source)
    spool.start()
    count = most = 0
    while not spool.exhausted:
        most = max(most, len(spool.store.memory))
        count += len(spool.take(1000))
    assert count == 200_000
    assert most < 100_000 + (1 << 16)


def test_a_disk_is_given_back_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MUCH", 10)
    kept = Store()
    assert kept.file is not None
    for data in (b"0123456789", b"abc"):
        kept.append(data)
    assert (kept.read(4), kept.read(99)) == (b"0123", b"456789abc")
    assert os.fstat(kept.file.fileno()).st_size == 0
    kept.append(b"more")
    assert kept.read(99) == b"more"


def test_without_a_disk_lines_are_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    for name, place in [("pwrite", os), ("TemporaryFile", tempfile)]:
        source, feed = os.pipe()
        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            spool = Spool(source)
            spool.start()
            os.write(feed, b"a\nb\n" * 5_000)
            os.close(feed)
            assert drain(spool) == [b"a", b"b"] * 5_000
        os.close(source)
