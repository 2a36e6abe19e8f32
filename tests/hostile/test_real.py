"""The real worker in a world that does not hold still: files, readers, signals."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.chaos import children
from tests.hostile.seeds import varied

COMMAND = [sys.executable, "-m", "model_package", "--profile", "pocket", "--device", "cpu"]
MEMES = sorted(Path("local_test/test_images").glob("*.png"))
FALLBACK = b"0.5000\t0\n"
SLACK = 15  # seconds that two busy cores may add


@pytest.fixture(scope="module")
def alone() -> dict[str, bytes]:
    """Each meme's row in a run that nobody disturbs."""
    stdin = "".join(f"{meme}\n" for meme in MEMES).encode()
    done = subprocess.run(COMMAND, input=stdin, capture_output=True, check=True)
    rows = done.stdout.splitlines(keepends=True)
    assert FALLBACK not in rows
    return dict(zip([meme.name for meme in MEMES], rows, strict=True))


@pytest.fixture
def run() -> Iterator[subprocess.Popen[bytes]]:
    """The command, with all its streams open."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as process:
        yield process
        process.kill()


def send(run: subprocess.Popen[bytes], *lines: object, end: str = "\n") -> None:
    """Lines, the last one with `end`."""
    assert run.stdin is not None
    run.stdin.write(("\n".join(map(str, lines)) + end).encode())


def rows(run: subprocess.Popen[bytes], count: int) -> list[bytes]:
    """The next rows, read byte by byte."""
    assert run.stdout is not None
    return [run.stdout.readline() for _ in range(count)]


def ended(run: subprocess.Popen[bytes]) -> tuple[int, list[bytes], str]:
    """Exit code, the rows that were left, stderr."""
    assert run.stdout is not None
    assert run.stderr is not None
    left = run.stdout.read().splitlines(keepends=True)
    return run.wait(60), left, run.stderr.read().decode()


def test_a_file_that_vanishes_a_slow_reader_and_a_last_line_without_an_end(
    run: subprocess.Popen[bytes], alone: dict[str, bytes], tmp_path: Path
) -> None:
    places = [Path(shutil.copy(meme, tmp_path)) for meme in MEMES[:4]]
    assert run.stdin is not None
    assert run.stdout is not None
    fcntl.fcntl(run.stdout.fileno(), fcntl.F_SETPIPE_SZ, 4096)
    send(run, places[0])
    assert rows(run, 1) == [alone[places[0].name]]
    places[1].unlink()  # it was there when the folder was listed
    send(run, *places[1:3], *["none.png"] * 2000, places[3], end="")
    run.stdin.close()
    slow = []
    for _ in range(20):
        time.sleep(0.2)
        slow += rows(run, 10)
    code, left, notes = ended(run)
    wanted = [FALLBACK, alone[places[2].name], *[FALLBACK] * 2000, alone[places[3].name]]
    assert (code, slow + left) == (0, wanted)
    assert "row 2: fallback: cannot be opened (No such file or directory)" in notes


def test_a_worker_that_is_stopped_in_its_work_costs_no_row(
    run: subprocess.Popen[bytes], alone: dict[str, bytes]
) -> None:
    assert run.stdin is not None
    send(run, *MEMES)
    run.stdin.close()
    first = rows(run, 1)  # the others come in one batch
    [worker] = children(run.pid)
    os.kill(worker, signal.SIGSTOP)
    start = time.monotonic()
    code, left, notes = ended(run)
    assert (code, first + left) == (0, list(alone.values()))
    assert "it hung" in notes
    assert time.monotonic() - start < 30 + SLACK


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """More pictures than can be scored in two seconds."""
    return varied(MEMES, tmp_path_factory.mktemp("many"), 130)


def test_a_reader_that_leaves_in_the_middle_ends_the_run_quietly(
    run: subprocess.Popen[bytes], many: list[Path]
) -> None:
    assert run.stdin is not None
    assert run.stdout is not None
    assert run.stderr is not None
    send(run, *many)
    run.stdin.close()
    rows(run, 1)
    [worker] = children(run.pid)
    run.stdout.close()
    start = time.monotonic()
    assert run.wait(60) == 0
    assert time.monotonic() - start < SLACK
    assert b"Traceback" not in run.stderr.read()
    while os.path.exists(f"/proc/{worker}"):  # one that is killed needs a processor to die
        assert time.monotonic() - start < 2 * SLACK
        time.sleep(0.02)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_in_the_middle_leaves_the_rest_to_the_fallback(
    run: subprocess.Popen[bytes], many: list[Path], name: str
) -> None:
    assert run.stdin is not None
    send(run, *many)
    run.stdin.close()
    first = rows(run, 3)
    start = time.monotonic()
    run.send_signal(signal.Signals[name])
    code, left, notes = ended(run)
    assert time.monotonic() - start < 2 + SLACK
    found = first + left
    assert (code, len(found)) == (130, len(many))
    scored = found.index(FALLBACK)
    assert 3 <= scored < len(many) / 2
    assert set(found[scored:]) == {FALLBACK}
    assert f"stopped by {name}: {len(many) - scored} rows got the fallback" in notes
