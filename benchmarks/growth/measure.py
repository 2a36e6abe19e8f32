"""One run of a command over many paths: when its rows came, and what memory it had by then."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.bench.side import computed, family

EVERY = 0.25  # seconds between two looks at memory
WARM = 0.25  # of the rows: pools grow to the largest picture, caches fill
FLAT = 0.05  # by which memory may differ between the part after that and the last
LINEAR = 0.2  # by which a row's processor time may, in halves of what comes after the warm-up
MIB = 2**20
PAGE = 4096


class Point(NamedTuple):
    """Seconds since the start, rows by then; MiB and processor seconds of the command and its
    children."""

    seconds: float
    rows: int
    mib: float
    computed: float


@dataclass
class Run:
    """What was seen of a run, from time to time."""

    name: str
    rows: int
    points: list[Point] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def memory(self) -> tuple[float, float]:
        """Mean MiB of the second quarter of the rows, and of the last, before all have come:
        processes end then."""
        return self._mean(0.25, 0.5), self._mean(0.75, 1.0)

    @property
    def pace(self) -> tuple[float, float]:
        """Processor seconds a row in the first half and in the second of what follows the
        warm-up: the clock's would tell what else ran."""
        start, middle, end = (self._when(share) for share in (WARM, (1 + WARM) / 2, 1.0))
        half = self.rows * (1 - WARM) / 2
        return (middle - start) / half, (end - middle) / half

    def faults(self) -> list[str]:
        """What is not as it should be: memory that is not flat, time that is not linear."""
        (early, late), (first, second) = self.memory, self.pace
        found = []
        if not late <= early * (1 + FLAT):
            found.append(f"{self.name}: memory grew from {early:.0f} to {late:.0f} MiB")
        if not second <= first * (1 + LINEAR):
            found.append(f"{self.name}: a row took {first:.5f} processor s, then {second:.5f}")
        return found

    def _mean(self, low: float, high: float) -> float:
        found = [one.mib for one in self.points if low <= one.rows / self.rows < high]
        return sum(found) / len(found) if found else float("nan")

    def _when(self, share: float) -> float:
        """Processor seconds by then; a worker that has ended counts no more, so never less."""
        spent = [one.computed for one in self.points if one.rows < share * self.rows]
        later = [one.computed for one in self.points if one.rows >= share * self.rows]
        return max([*spent, *later[:1]], default=float("nan"))


def across(runs: Sequence[Run]) -> list[str]:
    """What a longer run needs more of than the shortest: memory, or time a row."""
    if not runs:
        return []
    first, found = min(runs, key=lambda run: run.rows), []
    for one in runs:
        (mib, pace), (most, least) = ((run.memory[1], sum(run.pace) / 2) for run in (one, first))
        if not mib <= most * (1 + FLAT):
            found.append(f"{one.name}: {mib:.0f} MiB, but {first.name} {most:.0f}")
        if not pace <= least * (1 + LINEAR):
            found.append(f"{one.name}: {pace:.5f} processor s a row, but {first.name} {least:.5f}")
    return found


def run(name: str, command: Sequence[str], paths: Sequence[str]) -> Run:
    """Feed `paths` to `python command`; raises RuntimeError unless each gets a row."""
    found, count = Run(name, len(paths)), [0]
    with tempfile.TemporaryFile() as lines:
        lines.write("".join(f"{path}\n" for path in paths).encode())
        lines.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            stdin=lines,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    reader = threading.Thread(target=_count, args=(process, count))
    reader.start()
    while reader.is_alive():
        reader.join(EVERY)
        if point := _look(process.pid, start, count[0]):
            found.points.append(point)
    found.seconds = time.perf_counter() - start
    if process.wait() != 0 or count[0] != len(paths):
        raise RuntimeError(f"{name}: {count[0]} rows for {len(paths)} paths")
    return found


def _look(process: int, start: float, rows: int) -> Point | None:
    """None before the first row, and once the command ends."""
    try:
        mib, spent = resident(process), computed(process)
    except (OSError, IndexError):  # one of them has just ended
        return None
    return Point(time.perf_counter() - start, rows, mib, spent) if rows and mib else None


def resident(process: int) -> float:
    """MiB of a process and its children that lie in memory."""
    held = (Path(f"/proc/{one}/statm").read_text(encoding="ascii") for one in family(process))
    return sum(int(one.split()[1]) for one in held) * PAGE / MIB


def _count(process: "subprocess.Popen[bytes]", count: list[int]) -> None:
    for _ in process.stdout or ():
        count[0] += 1
