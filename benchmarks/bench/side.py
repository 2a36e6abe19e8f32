"""A running program that answers paths, line by line: started, fed, timed, its memory read."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from model_package.errors import UserError


class Side:
    """One of the two that race. Knows nothing of what it runs but that a line in is a line out."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.command, self.log = name, command, log
        self.process: subprocess.Popen[bytes] | None = None

    def first(self, path: str) -> float:
        """Start it; the seconds from then to its first answer."""
        start = time.perf_counter()
        with self.log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
            )
        self.answer([path])
        return time.perf_counter() - start

    def answer(self, paths: Sequence[str]) -> tuple[float, list[bytes]]:
        """Seconds until every one of `paths` is answered, and the lines of output."""
        given, answered = _pipes(self.process)
        start = time.perf_counter()
        try:
            given.write("".join(f"{path}\n" for path in paths).encode())
            given.flush()
            lines = [answered.readline() for _ in paths]
        except BrokenPipeError:
            lines = [b""]
        if not lines[-1]:
            raise UserError(f"{self.name} ended before it had answered; see {self.log}")
        return time.perf_counter() - start, lines

    def peak_mib(self) -> float:
        """The most memory that it and its children have had, each at its own worst moment."""
        return sum(_peak(one) for one in family(self.process.pid)) if self.process else 0.0

    def processor_seconds(self) -> float:
        """That it and its children have computed: what other work on the machine hardly moves."""
        return computed(self.process.pid) if self.process else 0.0

    def end(self) -> None:
        """Close its input and wait; kill it where that does not help."""
        if self.process is None:
            return
        _pipes(self.process)[0].close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _pipes(process: "subprocess.Popen[bytes] | None") -> tuple[IO[bytes], IO[bytes]]:
    if process is None or process.stdin is None or process.stdout is None:
        raise RuntimeError("it was not started")
    return process.stdin, process.stdout


def family(process: int) -> list[int]:
    """A process and all that come from it, while they live."""
    found = [process]
    for parent in found:
        for file in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it has just ended
                found += [int(word) for word in file.read_text(encoding="ascii").split()]
    return found


def computed(process: int) -> float:
    """Processor seconds of a process and all that come from it."""
    return sum(map(_computed, family(process)))


def _computed(process: int) -> float:
    """utime and stime of proc(5), in seconds; of children that have ended too."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")


def _peak(process: int) -> float:
    """VmHWM, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    [line] = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024
