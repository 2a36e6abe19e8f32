"""Files that may not be read, and files that change while they are read."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model_package.images import ImageError, load_image
from model_package.profile import Limits
from tests.hostile.seeds import seeds

NOBODY = 65534
LIMITS = Limits()


def said(path: Path, limits: Limits = LIMITS) -> str:
    """What became of a file: its size or the reason."""
    try:
        image = load_image(str(path), limits)
    except ImageError as error:
        return str(error)
    return f"{image.width}x{image.height}"


def as_nobody(path: Path) -> str:
    """`said`, by a child process without rights."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.write(sink, said(path).encode())
        finally:
            os._exit(0)
    os.close(sink)
    with os.fdopen(source) as stream:
        told = stream.read()
    os.waitpid(child, 0)
    return told


@pytest.mark.parametrize("place", ["file", "folder"])
def test_what_may_not_be_read_is_told(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for part in (folder, *folder.parents):
        if part.stat().st_uid == os.getuid() and part != Path("/"):
            part.chmod(part.stat().st_mode | 0o055)
    file = folder / "meme.png"
    file.write_bytes(seeds()["png"])
    assert as_nobody(file) == "48x48"
    closed = file if place == "file" else folder
    closed.chmod(0)
    assert as_nobody(file) == "cannot be opened (Permission denied)"
    closed.chmod(0o700)


@contextmanager
def meanwhile(change: Callable[[], None]) -> Iterator[None]:
    """Do it again and again, beside what is done here."""
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            change()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def outcomes(path: Path, limits: Limits = LIMITS) -> set[str]:
    """What became of it in a second and a half."""
    end, found = time.monotonic() + 1.5, set()
    while time.monotonic() < end:
        found.add(said(path, limits))
    return found


def test_a_file_that_is_cut_and_grows_while_it_is_read(tmp_path: Path) -> None:
    file, data = tmp_path / "meme.png", seeds()["png"]
    file.write_bytes(data)

    def change() -> None:
        for size in (len(data) // 3, 0, len(data)):
            with file.open("r+b") as target:
                target.truncate(min(size, len(data) // 3))
                target.write(data[:size])

    with meanwhile(change):
        found = outcomes(file)
    assert "48x48" in found
    assert len(found) > 1
    reasons = {one for one in found if one != "48x48"}
    assert all("image" in one for one in reasons), reasons  # none is a surprise


def test_a_file_that_grows_past_the_limit_is_cut_there(tmp_path: Path) -> None:
    file, limits = tmp_path / "meme.bmp", Limits(max_bytes=20_000)
    data = seeds()["bmp"]
    file.write_bytes(data)

    def change() -> None:
        os.truncate(file, 10**12)
        os.truncate(file, len(data))

    with meanwhile(change):
        found = outcomes(file, limits)
    assert found <= {"48x48", "larger than 20000 bytes"}
    assert "48x48" in found


def test_a_file_that_comes_and_goes(tmp_path: Path) -> None:
    file, other = tmp_path / "meme.png", tmp_path / "other.png"
    file.write_bytes(seeds()["png"])

    def change() -> None:
        file.rename(other)
        other.rename(file)

    with meanwhile(change):
        found = outcomes(file)
    assert found == {"48x48", "cannot be opened (No such file or directory)"}
