"""Every reply on disk, keyed by its request, so that nothing is paid for twice.

Two files of JSON Lines in a folder, `kept.jsonl` and `failed.jsonl`, only ever added to. Several
processes may share the folder. A line that a crash left half-written is dropped, and said so.
Knows nothing of how replies are got.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from data_preparation.place import prepare_folder
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.wire import decode

Entry = Mapping[str, Any]
KEPT, FAILED = "kept.jsonl", "failed.jsonl"
ASKED = 300  # characters of the last message that an entry shows


class Store:
    """The replies in a folder; those that other processes add are seen too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places: dict[str, int] = {}  # key of a kept reply -> where its line begins
        self.read_to = 0
        self.file_id = 0
        prepare_folder(folder)

    def get(self, key: str) -> Reply | None:
        """The kept reply to the request with `key`."""
        self._refresh()
        if key not in self.places:
            return None
        with (self.folder / KEPT).open("rb") as file:
            file.seek(self.places[key])
            entry = _entry(file.readline())
        return Reply(**entry["reply"]) if entry and entry["key"] == key else None

    def add(self, request: Request, reply: Reply) -> None:
        """Keep `reply`, on the disk when this returns; one with an error is kept apart."""
        name = KEPT if reply.error is None else FAILED
        line = json.dumps(_describe(request, reply)) + "\n"
        with self._locked(), (self.folder / name).open("a+b") as file:
            _drop_half_line(file.fileno(), self.folder / name)
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def entries(self, name: str = KEPT) -> Iterator[Entry]:
        """What is kept, oldest first; unreadable lines are passed over."""
        path = self.folder / name
        if path.exists():
            with path.open("rb") as file:
                yield from filter(None, map(_entry, file))

    def paid(self, keys: Collection[str]) -> Iterator[Reply]:
        """All replies to the requests with `keys`, and all failures of theirs."""
        yield from filter(None, map(self.get, keys))
        failed = (entry for entry in self.entries(FAILED) if entry["key"] in keys)
        yield from (Reply(**entry["reply"]) for entry in failed)

    def clear(self, chosen: Callable[[Entry], bool]) -> int:
        """Forget the `chosen` replies, failed ones too; how many there were."""
        with self._locked():
            return sum(self._rewrite(name, chosen) for name in (KEPT, FAILED))

    @contextmanager
    def alone(self, requests: Iterable[Request]) -> Iterator[None]:
        """Wait until no other process asks for any of `requests`, and keep others waiting.

        A lock stands for all requests of one kind; all take them in one order.
        """
        (self.folder / "locks").mkdir(exist_ok=True)
        with ExitStack() as stack:
            for name in sorted({_kind(request) for request in requests}):
                _lock(stack.enter_context((self.folder / "locks" / name).open("ab")))
            yield

    def _rewrite(self, name: str, chosen: Callable[[Entry], bool]) -> int:
        rows = list(self.entries(name))
        left = [row for row in rows if not chosen(row)]
        unfinished = self.folder / f"{name}.part"
        unfinished.write_text("".join(json.dumps(row) + "\n" for row in left), encoding="utf-8")
        unfinished.replace(self.folder / name)
        return len(rows) - len(left)

    def _refresh(self) -> None:
        """Learn of whole lines that were added since the last look."""
        path = self.folder / KEPT
        if not path.exists():
            return
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_ino != self.file_id or status.st_size < self.read_to:
                self.file_id, self.read_to, self.places = status.st_ino, 0, {}
            if status.st_size == self.read_to:
                return
            file.seek(self.read_to)
            for line in file:
                self._learn(line)

    def _learn(self, line: bytes) -> None:
        if not line.endswith(b"\n"):
            return
        entry = _entry(line)
        if entry:
            self.places.setdefault(entry["key"], self.read_to)
        self.read_to += len(line)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _kind(request: Request) -> str:
    """The name of the lock for `request` and those like it; few, for each is an open file."""
    named = [request.task.get(name, "") for name in ("stage", "key", "language")]
    return hashlib.sha256(json.dumps([request.model, *named]).encode()).hexdigest()[:2]


def _lock(file: IO[bytes]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("another run asks for the same; waiting for it", file=sys.stderr)
        fcntl.flock(file, fcntl.LOCK_EX)


def _describe(request: Request, reply: Reply) -> dict[str, Any]:
    last = request.messages[-1]["content"] if request.messages else ""
    return {
        "key": request.key,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "model": request.model,
        "run": request.run,
        "settings": dict(request.settings),
        "task": dict(request.task),
        "asked": last[:ASKED] if isinstance(last, str) else "(text and picture)",
        "reply": asdict(reply),
    }


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = decode(line)
        Reply(**entry["reply"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return entry if isinstance(entry.get("key"), str) else None


def _drop_half_line(file: int, path: Path) -> None:
    """Cut a tail that no newline ends: the process that wrote it died."""
    size = os.fstat(file).st_size
    if not size or os.pread(file, 1, size - 1) == b"\n":
        return
    whole = os.pread(file, size, 0).rfind(b"\n") + 1
    os.ftruncate(file, whole)
    print(f"{path}: dropped {size - whole} bytes of a half-written reply", file=sys.stderr)
