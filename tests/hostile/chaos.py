"""Kills the worker of a running command again and again, at moments drawn by a seed."""

import contextlib
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

WAYS = (signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGSEGV, signal.SIGSTOP)
FALLBACK = re.compile(r"row (\d+): fallback: ")
TOTAL = r"\b%d rows in [\d.]+ s \([\d.]+ a second\)(?:, (\d+) of them fallbacks)?\n"


@dataclass
class Chaos:
    """Kills `times` workers of the process `parent`, spread over the `rows` of its run.

    seen: rows written so far. pause: most seconds between a row and the kill that it calls for.
    """

    parent: int
    rows: int
    seen: Callable[[], int]
    seed: int = 0
    times: int = 20
    pause: float = 0.05
    killed: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Until all are killed, or the parent has gone."""
        rng = random.Random(self.seed)
        moments = sorted(rng.sample(range(1, self.rows - self.rows // 20), self.times))
        for moment in moments:
            while self.seen() < moment and os.path.exists(f"/proc/{self.parent}"):
                time.sleep(0.002)
            time.sleep(rng.random() * self.pause)
            self._kill(rng.choice(WAYS))

    def _kill(self, way: signal.Signals) -> None:
        while os.path.exists(f"/proc/{self.parent}"):
            for worker in set(children(self.parent)) - set(self.killed):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, way)
                self.killed.append(worker)
                return
            time.sleep(0.005)


def children(parent: int) -> list[int]:
    """Its child processes, of its main thread."""
    with contextlib.suppress(OSError):
        return [
            int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ]
    return []


def run_with_chaos(
    command: list[str], stdin: bytes, folder: Path, seed: int, **environment: str
) -> tuple[list[bytes], str, Chaos]:
    """Rows, stderr, and what was killed."""
    rows, notes = folder / "rows", folder / "notes"
    (folder / "stdin").write_bytes(stdin)
    with (
        (folder / "stdin").open("rb") as source,
        rows.open("wb") as out,
        notes.open("wb") as err,
        subprocess.Popen(
            command, stdin=source, stdout=out, stderr=err, env={**os.environ, **environment}
        ) as process,
    ):
        chaos = Chaos(process.pid, stdin.count(b"\n"), lambda: rows.read_bytes().count(b"\n"), seed)
        thread = threading.Thread(target=chaos.run)
        thread.start()
        assert process.wait() == 0
        thread.join()
    return rows.read_bytes().splitlines(keepends=True), notes.read_text(), chaos


def check(calm: list[bytes], rows: list[bytes], notes: str, chaos: Chaos) -> list[int]:
    """Rows are as without chaos but for those told to be fallbacks; these, counted from 1."""
    told = [int(number) for number in FALLBACK.findall(notes)]
    assert len(chaos.killed) == chaos.times, chaos.killed
    assert notes.count("starting another") >= chaos.times, notes
    assert len(rows) == len(calm)
    differ = [
        number for number, pair in enumerate(zip(calm, rows, strict=True), 1) if pair[0] != pair[1]
    ]
    assert set(differ) <= set(told), notes
    assert all(rows[number - 1] == b"0.5000\t0\n" for number in told)
    ended = re.search(TOTAL % len(rows), notes)
    assert ended, notes
    assert int(ended[1] or 0) == len(told)
    assert len(told) == len(set(told)) <= chaos.times // 2
    return told
