"""What this process may use of the machine, and its age; knows nothing of models."""

import math
import os
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


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


def process_age() -> float:
    """Seconds since this process was started; 0.0 where the system does not tell."""
    try:
        words = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(words[19]) / os.sysconf("SC_CLK_TCK")  # seconds after the machine
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)
    except (OSError, ValueError, IndexError):
        return 0.0


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
