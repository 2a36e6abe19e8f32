"""What is a leak, and what is none: memory as it may look over a run, made here by rule."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from local_test.running import cgroup
from local_test.running.leak import fit, gpu_growth, growth
from local_test.running.sampling import Sample

ROWS = 1700


def course(memory: Callable[[float], float], noise: float = 0.0) -> list[tuple[int, float]]:
    """Samples at every fourth row, with normal noise of so many MiB."""
    draw = np.random.default_rng(7)
    return [(row, memory(row) + float(draw.normal(0, noise))) for row in range(0, ROWS + 1, 4)]


def test_a_leak_is_measured_through_noise_and_odd_samples() -> None:
    pairs = course(lambda row: 400 + 0.1 * row, noise=10)
    spoiled = [(row, mib + 900 * (n % 20 == 0)) for n, (row, mib) in enumerate(pairs)]
    found = fit(spoiled)
    assert found is not None
    assert found.leaks
    assert found.slope == pytest.approx(100, abs=5)
    assert found.low < 100 < found.high


@pytest.mark.parametrize(
    ("memory", "noise"),
    [
        (lambda row: 400, 0),
        (lambda row: 400, 50),
        (lambda row: 400 - 0.1 * row, 5),
        (lambda row: 400 + 0.01 * row, 1),
        (lambda row: 400 + 300 * (row > 1000), 5),
        (lambda row: 400 + 300 * (row > 500), 5),
        (lambda row: 700 - 300 * np.exp(-row / 200), 5),
        (lambda row: 400 + row % 300, 1),
    ],
    ids="flat noise shrinks slow late-step step long-warm-up sawtooth".split(),
)
def test_what_is_no_leak(memory: Callable[[float], float], noise: float) -> None:
    found = fit(course(memory, noise))
    assert found is not None
    assert not found.leaks


def test_few_rows_are_not_judged() -> None:
    assert fit([]) is None
    assert fit([(row, 400 + 10 * row) for row in range(11)]) is None
    assert fit([(0, 400.0 + second) for second in range(5000)]) is None
    assert fit([(1000 * (n > 9), 400.0 + n) for n in range(20)]) is None


@pytest.mark.parametrize(
    ("rows", "mib_a_row", "leaks"),
    [
        (14, 10, False),
        (14, 20, True),
        (30, 1, False),
        (30, 10, True),
        (140, 0.9, False),
        (140, 1.1, True),
        (600, 0.2, True),
    ],
)
def test_over_a_few_rows_only_a_gross_leak_is_one(rows: int, mib_a_row: float, leaks: bool) -> None:
    found = fit([(row, 400 + mib_a_row * row) for row in range(rows)])
    assert found is not None
    assert found.slope == pytest.approx(1000 * mib_a_row)
    assert found.leaks == leaks


@pytest.mark.parametrize(
    ("memory", "leaks"),
    [
        (lambda part: 20 + 300 * part, True),
        (lambda part: 20 + 300 * part * (part < 0.98), True),  # it gives all back as it ends
        (lambda part: 20 + 300 * min(part, 0.94), False),  # a model that loads
        (lambda part: 20 + 40 * part, False),
    ],
    ids=["leaks", "leaks-and-ends", "loads", "trifle"],
)
def test_where_rows_come_all_at_once_time_stands_in_for_them(
    memory: Callable[[float], float], leaks: bool
) -> None:
    samples = [Sample(n / 10, 910 * (n > 150), memory(n / 300), None) for n in range(301)]
    found = growth(samples, 1700)
    assert found is not None
    assert (found.leaks, found.timed) == (leaks, True)
    assert growth(samples, 39) is None
    short = [one._replace(seconds=one.seconds / 10) for one in samples]  # a model loads, no more
    assert growth(short, 1700) is None
    if leaks:
        assert found.slope == pytest.approx(1000 * 300 / 1700, rel=0.05)
        assert str(found).endswith("; by time, for rows came in bursts)")


def test_pools_that_grow_by_fits_and_starts_over_few_rows_are_no_leak() -> None:
    rows = [0, 36, 40, 50, 58, 72, 76, 84, 92, 104, 108, 118, 124, 133]
    sizes = [400, 405, 410, 412, 470, 475, 480, 484, 490, 495, 500, 505, 560, 570]
    steps = list(zip(rows, sizes, strict=True))
    pairs = [(row, [mib for start, mib in steps if start <= row][-1]) for row in range(141)]
    found = fit(pairs)
    assert found is not None
    assert found.slope > 500
    assert not found.leaks


def test_the_gpu_is_judged_by_its_own_figures() -> None:
    samples = [Sample(row, row, 400.0, 1000.0 + row) for row in range(0, 1000, 5)]
    memory, gpu = growth(samples), gpu_growth(samples)
    assert memory is not None
    assert gpu is not None
    assert (memory.leaks, gpu.leaks, round(gpu.slope)) == (False, True, 1000)
    assert gpu_growth([one._replace(gpu_mib=None) for one in samples]) is None


def test_a_cgroup_is_read_under_both_versions_and_file_cache_does_not_count(tmp_path: Path) -> None:
    lines = ("5:cpu,cpuacct:/docker/abc", "4:memory:/docker/abc\n0::/system.slice/docker-abc.scope")
    first, second = "memory/docker/abc", "system.slice/docker-abc.scope"
    figures = "active_anon 1048576\ninactive_anon 2097152\nunevictable 0\ninactive_file 9999999\n"
    _write(tmp_path / "7" / "cgroup", "\n".join(lines))
    assert cgroup.find(7, "abc", tmp_path, tmp_path) is None
    _write(tmp_path / second / "memory.stat", figures)
    assert cgroup.find(7, "abc", tmp_path, tmp_path) == tmp_path / second / "memory.stat"
    _write(tmp_path / first / "memory.stat", figures + "total_active_anon 3145728\n")
    found = cgroup.find(7, "abc", tmp_path, tmp_path)
    assert found == tmp_path / first / "memory.stat"
    assert cgroup.memory_mib(cgroup.read(found)) == 5
    assert cgroup.find(7, "another", tmp_path, tmp_path) is None
    assert cgroup.find(8, "abc", tmp_path, tmp_path) is None
    assert cgroup.memory_mib(cgroup.read(tmp_path / "gone")) is None


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
