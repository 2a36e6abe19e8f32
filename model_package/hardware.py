"""What this process may use of the machine; knows nothing of models."""

import math
import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cpu_count() -> int:
    """Processors that this process may keep busy: its affinity, cut by a container's quota."""
    allowed = len(os.sched_getaffinity(0))
    try:
        quota, period = QUOTA.read_text().split()
        return max(1, min(allowed, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no cgroup, or the quota is "max"
        return allowed
