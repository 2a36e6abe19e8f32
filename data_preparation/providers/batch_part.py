"""One batch of many requests, as noted on disk, so that a stop between any two steps is mended.

Each step is noted before it begins and after it ended. A step that began and has no end is looked
for at the server before it is done again. Knows nothing of the network.
"""

import dataclasses
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data_preparation.place import prepare_folder, write_whole
from data_preparation.providers.request import Request
from data_preparation.providers.wire import body

ENDPOINT: Final = "/v1/chat/completions"
OPEN = ("planned", "uploading", "uploaded", "creating", "created")


@dataclass(frozen=True)
class Part:
    """A batch and how far it got: one of `OPEN`, or `collected`.

    id: made of its requests and the attempt. keys: of its requests, in the file's order.
    taken: keys whose replies were handed on; the others wait for whoever asks for them.
    """

    id: str
    keys: tuple[str, ...]
    step: str = "planned"
    file: str = ""
    batch: str = ""
    taken: tuple[str, ...] = ()

    @property
    def waiting(self) -> set[str]:
        """The keys that are not taken."""
        return set(self.keys) - set(self.taken)

    @property
    def filename(self) -> str:
        """The name that its input file has on disk and at the server."""
        return f"memesieve-{self.id}.jsonl"


@dataclass(frozen=True)
class Limits:
    """What one batch may hold, by the server's rules."""

    requests: int = 50_000
    bytes: int = 180_000_000


class Parts:
    """The notes in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        prepare_folder(folder)

    def open(self, keys: set[str]) -> list[Part]:
        """Parts that are under way and have an answer for any of `keys`."""
        return [part for part in self._all() if part.step in OPEN and keys & part.waiting]

    def plan(self, requests: Sequence[Request], limits: Limits) -> list[Part]:
        """New parts for `requests`, each within `limits`, with their input files."""
        return [self._plan(lines) for lines in split(requests, limits)]

    def input(self, part: Part) -> Path:
        """The file to upload."""
        return self.folder / part.filename

    def take(self, part: Part, keys: set[str]) -> Part:
        """Note that the replies for `keys` were handed on; `part` is collected with the last."""
        with self.alone():
            part = self.read(part.id)
            taken = tuple(key for key in part.keys if key in keys or key in part.taken)
            step = "collected" if len(taken) == len(part.keys) else part.step
            return self.note(part, step=step, taken=taken)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process changes a part meanwhile: runs that ask for other keys may share it."""
        with (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read(self, id: str) -> Part:
        """The part with `id`, as it was noted last."""
        values = json.loads((self.folder / f"{id}.json").read_text(encoding="utf-8"))
        return Part(**{name: _unlist(value) for name, value in values.items()})

    def note(self, part: Part, **changes: Any) -> Part:
        """`part` with `changes`, on disk when this returns."""
        part = dataclasses.replace(part, **changes)
        write_whole(self.folder / f"{part.id}.json", json.dumps(dataclasses.asdict(part)))
        if part.step not in OPEN:
            self.input(part).unlink(missing_ok=True)
        return part

    def _plan(self, lines: dict[str, str]) -> Part:
        keys = tuple(lines)
        attempt = 0
        while (self.folder / f"{_name(keys, attempt)}.json").exists():
            attempt += 1
        part = Part(_name(keys, attempt), keys)
        write_whole(self.input(part), "".join(lines.values()))
        return self.note(part)

    def _all(self) -> Iterator[Part]:
        return (self.read(path.stem) for path in sorted(self.folder.glob("*.json")))


def split(requests: Sequence[Request], limits: Limits) -> Iterator[dict[str, str]]:
    """Lines of input files by key; a line alone may pass the limit of bytes."""
    lines: dict[str, str] = {}
    size = 0
    for request in requests:
        line = input_line(request)
        if lines and (len(lines) == limits.requests or size + len(line) > limits.bytes):
            yield lines
            lines, size = {}, 0
        lines[request.key] = line
        size += len(line)
    if lines:
        yield lines


def input_line(request: Request) -> str:
    """One line of a batch's input file: ASCII, so that characters are bytes."""
    asked = {"method": "POST", "url": ENDPOINT, "body": body(request)}
    return json.dumps({"custom_id": request.key, **asked}) + "\n"


def _unlist(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _name(keys: tuple[str, ...], attempt: int) -> str:
    return hashlib.sha256(f"{attempt} {' '.join(sorted(keys))}".encode()).hexdigest()[:24]
