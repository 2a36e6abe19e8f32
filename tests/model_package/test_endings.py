"""The whole command, ended from outside: by signals, by readers that leave, by the clock."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "model_package"]
FALLBACK = b"0.5000\t0\n"
SLACK = 10  # seconds that two busy cores may add


def until(true: Callable[[], object], what: str) -> None:
    """Wait for `true`."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, f"{what} does not come"
        time.sleep(0.02)


def status(process: int, key: str) -> str:
    """A line of /proc/PROCESS/status; empty when there is no such process, or it is a zombie."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    found = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    return "" if found["State"].startswith("Z") else found[key]


def worker_of(parent: int) -> int:
    """The worker's process id, once it leaves its ending to its parent."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    until(lambda: children.read_text().split(), "the worker")
    worker = int(children.read_text().split()[0])
    bit = 1 << (signal.SIGTERM - 1)
    until(lambda: int(status(worker, "SigIgn"), 16) & bit, "the worker's main")
    return worker


@pytest.fixture
def run() -> Iterator[subprocess.Popen[bytes]]:
    """The command with five lines on its stdin, which stays open."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        process.stdin.write(b"a.png\n" * 5)
        process.stdin.flush()
        yield process
        process.kill()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_to_the_supervisor_ends_the_run_with_its_rows(
    run: subprocess.Popen[bytes], name: str
) -> None:
    worker = worker_of(run.pid)
    os.kill(worker, signal.SIGSTOP)  # busy for ever
    start = time.monotonic()
    run.send_signal(signal.Signals[name])
    code = run.wait(60)
    assert time.monotonic() - start < 2 + SLACK
    assert run.stdout is not None
    assert run.stderr is not None
    assert (code, run.stdout.read()) == (130, FALLBACK * 5)
    assert f"stopped by {name}: 5 rows got the fallback".encode() in run.stderr.read()
    until(lambda: status(worker, "State") == "", "the worker's end")


def test_a_supervisor_that_is_killed_takes_its_worker_along(run: subprocess.Popen[bytes]) -> None:
    worker = worker_of(run.pid)
    os.kill(worker, signal.SIGSTOP)  # so it cannot see that its connection closes
    run.kill()
    run.wait(60)
    until(lambda: status(worker, "State") == "", "the worker's end")


def test_where_memory_is_short_the_worker_is_to_die(run: subprocess.Popen[bytes]) -> None:
    worker = worker_of(run.pid)
    mine, theirs = (
        int(Path(f"/proc/{process}/oom_score_adj").read_text()) for process in (run.pid, worker)
    )
    assert theirs == max(mine, 500)


def test_a_reader_that_leaves_ends_a_run_that_waits(run: subprocess.Popen[bytes]) -> None:
    worker = worker_of(run.pid)
    os.kill(worker, signal.SIGSTOP)
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    start = time.monotonic()
    assert run.wait(60) == 0
    assert time.monotonic() - start < SLACK
    assert b"Traceback" not in run.stderr.read()


def test_a_reader_that_sleeps_cannot_hold_up_the_end() -> None:
    rows, sink = os.pipe()
    start = time.monotonic()
    done = subprocess.run(
        [*COMMAND, "--time-limit", "3"],
        input=b"a.png\n" * 100_000,
        stdout=sink,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert time.monotonic() - start < 3 + SLACK
    os.close(sink)
    with os.fdopen(rows, "rb") as stream:
        written = stream.read()
    assert written == FALLBACK * (len(written) // len(FALLBACK))  # whole rows alone
    assert done.returncode == 1
    assert b"rows cannot be written: nobody reads them" in done.stderr


def test_a_sender_that_never_stops_cannot_hold_up_the_end() -> None:
    script = "while echo none.png; do sleep 0.02; done"
    with subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE) as sender:
        start = time.monotonic()
        line = [*COMMAND, "--time-limit", "4"]
        done = subprocess.run(
            line, stdin=sender.stdout, capture_output=True, check=False, timeout=60
        )
        assert time.monotonic() - start < 4 + SLACK
        sender.kill()
    assert done.returncode == 0
    assert set(done.stdout.splitlines(keepends=True)) == {FALLBACK}


def test_rows_for_a_full_disk_are_one_line_and_exit_code_1() -> None:
    script = f"printf 'a\\nb\\n' | {' '.join(COMMAND)} --time-limit 1 > /dev/full"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert b"rows cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def peak(process: int) -> int:
    """The most memory that `process` has held, in KiB; 0 when it is gone."""
    return int((status(process, "VmHWM") or "0 kB").split()[0])


@pytest.mark.parametrize(
    ("lines", "limit"), [(100_000, 3), pytest.param(1_000_000, 40, marks=pytest.mark.long)]
)
def test_any_number_of_lines_costs_the_supervisor_no_memory(
    tmp_path: Path, lines: int, limit: int
) -> None:
    most: dict[int, int] = {}
    for count in (1, lines):
        source = tmp_path / "stdin.csv"
        source.write_bytes(b"/images/0123456789.png\r\n" * count)
        command = [*COMMAND, "--time-limit", str(limit if count > 1 else 1)]
        start, rows = time.monotonic(), tmp_path / "stdout.csv"
        with (
            source.open("rb") as stdin,
            rows.open("wb") as stdout,
            subprocess.Popen(
                command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL
            ) as process,
        ):
            while process.poll() is None:
                most[count] = max(most.get(count, 0), peak(process.pid))
                time.sleep(0.01)
        assert time.monotonic() - start < limit + SLACK
        assert rows.stat().st_size == count * len(FALLBACK)
    assert most[lines] < most[1] + 8_000


GUEST = """
import atexit, ctypes, os, threading, time, sys

def say(*_):
    os.write(1, b"from a descriptor SECRET\\n")
    print("from Python SECRET", flush=True)
    ctypes.CDLL(None).puts(b"from C SECRET")
    ctypes.CDLL(None).fflush(None)

def later():
    while "model_package.supervisor" not in sys.modules:
        time.sleep(0.01)
    while True:
        time.sleep(0.5)
        say()

threading.Thread(target=later, daemon=True).start()
atexit.register(say)
"""


def test_what_libraries_print_reaches_no_stream(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(GUEST)
    done = subprocess.run(
        [*COMMAND, "--time-limit", "3"],
        input=b"a.png\n" * 3,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (0, FALLBACK * 3)
    assert b"SECRET" not in done.stderr
    assert b"lines printed by libraries were withheld" in done.stderr
