"""A plain process in the container's place: held to its processors, and its whole tree ended.

Knows nothing of rows. What no plain process is held to: the network, the read-only root, `/tmp`.
"""

import contextlib
import ctypes
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from local_test.running.presets import Preset
from model_package.errors import UserError

GRACE = 1.0  # seconds between SIGTERM and SIGKILL
SUBREAPER = 36  # prctl's PR_SET_CHILD_SUBREAPER
KINDS = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss): +(\d+) kB$", re.MULTILINE)


@dataclass
class Plain:
    """`Subject` for a plain process; others: children that this process had before."""

    command: list[str]
    process: subprocess.Popen[bytes]
    begun: float
    watched_mib: float | None
    others: frozenset[int]

    def memory(self) -> float | None:
        """MiB of the whole tree; a page that processes share counts once."""
        return sum(_memory(one) for one in self._tree()) / 2**20

    def ran_out(self) -> bool:
        """Never known: the kernel tells nobody why it ended a plain process."""
        return False

    def end(self) -> None:
        """SIGTERM, and SIGKILL a second later, for what it left behind too."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
        for _ in range(10):  # a process that is ended may have started another just before
            left = self._tree()
            for one in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            if self.process.poll() is None:
                self.process.wait(GRACE)
            psutil.wait_procs(left, timeout=GRACE)

    def _tree(self) -> list[psutil.Process]:
        return list(_new_children(self.others))


def start(command: list[str], stdin: BinaryIO, preset: Preset) -> Plain:
    """Start `command`; orphans of it become children of this process, so that none is lost.

    Raises UserError when there is no such program.
    """
    _adopt_orphans()
    others = frozenset(one.pid for one in psutil.Process().children())
    pipe, begun = subprocess.PIPE, time.monotonic()
    try:
        with _processors(preset.cpus):
            process = subprocess.Popen(
                command, stdin=stdin, stdout=pipe, stderr=pipe, start_new_session=True
            )
    except OSError as error:
        raise UserError(f"{command[0]!r} cannot be started: {error.strerror}") from error
    return Plain(command, process, begun, preset.memory_mib, others)


def not_held(preset: Preset) -> list[str]:
    """What of the jail a plain process has not, one phrase each."""
    found = ["the cut network", "the read-only root", "the size of /tmp"]
    if not hasattr(os, "sched_setaffinity"):
        return [*found, f"{preset.cpus:g} CPUs (this system binds no process to processors)"]
    have = len(os.sched_getaffinity(0))
    if have < preset.cpus:
        found.append(f"{preset.cpus:g} CPUs (this machine lends {have})")
    elif preset.cpus % 1:
        found.append(f"{preset.cpus:g} CPUs ({math.ceil(preset.cpus)} are given, whole ones)")
    return found


@contextlib.contextmanager
def _processors(cpus: float) -> Iterator[None]:
    """This thread on so many processors; what it starts meanwhile stays there."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[: math.ceil(cpus)])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def _new_children(others: frozenset[int]) -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        if child.pid not in others:
            yield child
            with contextlib.suppress(psutil.NoSuchProcess):
                yield from child.children(recursive=True)


def _memory(process: psutil.Process) -> int:
    """Bytes of a process: anonymous and shared memory and swap, divided among those who share
    it, from Linux's smaps_rollup; elsewhere what is resident, file pages left out if known."""
    try:
        found = KINDS.findall(Path(f"/proc/{process.pid}/smaps_rollup").read_text())
    except OSError:
        found = []
    if found:
        return 1024 * sum(map(int, found))
    try:
        info = process.memory_info()
    except psutil.Error:
        return 0
    return int(info.rss - getattr(info, "shared", 0))
