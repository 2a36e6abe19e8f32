"""What this process may use of the machine, and when it began; knows nothing of models."""

import math
import os
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMORY = Path("/proc/meminfo")
NAME = Path("/etc/hostname")
SLOWEST = 30.0  # seconds; an engine that takes longer was not waiting for us


def cpu_count(cgroups: Path = CGROUPS) -> int:
    """Processors that this process may keep busy: its affinity, cut by a container's quota."""
    allowed = len(os.sched_getaffinity(0))
    quota = _quota_v2(cgroups) or _quota_v1(cgroups)
    return max(1, min(allowed, math.ceil(quota))) if quota else allowed


def _quota_v2(cgroups: Path) -> float | None:
    """Processors' worth of time a period; None where there is no limit."""
    words = _words(cgroups / "cpu.max")
    return int(words[0]) / int(words[1]) if len(words) == 2 and words[0] != "max" else None


def _quota_v1(cgroups: Path) -> float | None:
    quota = _words(cgroups / "cpu" / "cpu.cfs_quota_us")
    period = _words(cgroups / "cpu" / "cpu.cfs_period_us")
    return int(quota[0]) / int(period[0]) if quota and period and int(quota[0]) > 0 else None


def free_memory(cgroups: Path = CGROUPS) -> int:
    """Bytes that this process may still take: those of the machine, cut by a container's limit."""
    lines = (line.split() for line in _lines(MEMORY))
    free = next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), 0)
    most, taken = _words(cgroups / "memory.max"), _words(cgroups / "memory.current")
    if len(most) == len(taken) == 1 and most[0] != "max":
        return max(0, min(free, int(most[0]) - int(taken[0])))
    return free


def process_age() -> float:
    """Seconds since this process was started; 0.0 where the system does not tell."""
    try:
        words = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(words[19]) / os.sysconf("SC_CLK_TCK")  # seconds after the machine
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)
    except (OSError, ValueError, IndexError):
        return 0.0


def start_delay(name: Path = NAME) -> float:
    """Seconds that a container's engine took from its start until this process; 0.0 elsewhere.

    An engine writes the file `name` anew for each start; on a machine it is older than `SLOWEST`.
    """
    try:
        delay = time.time() - name.stat().st_ctime - process_age()
    except OSError:
        return 0.0
    return delay if 0 < delay < SLOWEST else 0.0


def _words(file: Path) -> list[str]:
    return [word for line in _lines(file) for word in line.split()]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
