"""A container's quota cuts the number of threads, under both versions of control groups."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model_package.hardware import cpu_count, process_age, start_delay

ALL = len(os.sched_getaffinity(0))
TICK = 0.1  # seconds that the clocks of files and of processes may be apart


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        ({}, ALL),
        ({"cpu.max": "max 100000"}, ALL),
        ({"cpu.max": "100000 100000"}, 1),
        ({"cpu.max": "5000 100000"}, 1),
        ({"cpu.max": "9900000 100000"}, ALL),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, ALL),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
    ],
)
def test_the_quota_counts(tmp_path: Path, files: dict[str, str], cpus: int) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert cpu_count(tmp_path) == cpus


def test_a_process_knows_its_age() -> None:
    age = "from model_package.hardware import process_age; print(process_age())"
    start = time.monotonic()
    code = f"import time; time.sleep(1); {age}"
    told = float(subprocess.check_output([sys.executable, "-c", code]))
    assert 1 <= told <= time.monotonic() - start + 0.1
    assert process_age() > told


def test_a_process_knows_how_long_its_engine_took(tmp_path: Path) -> None:
    """The file that the engine writes is a second older than the process."""
    made, start = tmp_path / "hostname", time.monotonic()
    made.write_text("name")
    time.sleep(1)
    code = f"from model_package import hardware as h; print(h.start_delay(h.Path({str(made)!r})))"
    told = float(subprocess.check_output([sys.executable, "-c", code]))
    assert 1 - TICK <= told <= time.monotonic() - start + TICK
    assert start_delay(made) == 0  # we are older than it is
    assert start_delay(tmp_path / "none") == 0
