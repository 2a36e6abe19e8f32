"""Containers that misbehave, each under the contract's own command: the status is told exactly."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from local_test.running import container, engine
from local_test.running.execute import execute
from local_test.running.outcome import Outcome
from local_test.running.presets import Preset
from local_test.running.stale import remove_stale

pytestmark = pytest.mark.docker

ROW = "print('0.5000\\t0', flush=True)\n"
LIMITS = Preset(cpus=1, memory="96m", seconds=60, log_bytes=10_000, gpu=False)


def conduct(
    image: str, folder: Path, script: str, limits: Preset = LIMITS, lines: int = 3
) -> Outcome:
    """One run of a Python script in the container, over so many lines."""
    stdin = folder / "stdin.csv"
    stdin.write_bytes(b"/images/a.png\r\n" * lines)
    line = container.command(image, folder, limits, gpu=False)
    container.ensure_network()
    return execute(
        lambda file: container.start(line, file, ("--entrypoint", "python3"), ("-c", script)),
        stdin,
        folder / "output",
        limits,
    )


def left_over() -> str:
    """Containers of runs that are still there."""
    return engine.must("ps", "--all", "--quiet", "--filter", "name=memesieve-run-")


@pytest.mark.parametrize(
    ("script", "status", "detail"),
    [
        (ROW * 3, "OK", ""),
        (ROW * 2, "Output Format Error", "line 3: the file ends after row 2"),
        (
            "print('Loading', flush=True)\nimport time; time.sleep(300)",
            "Output Format Error",
            "line 1: 'Loading' is text",
        ),
        ("while 1: print('0.5000\\t0')", "Output Format Error", "line 4: '0.5000\\t0'"),
        (
            "import sys\nwhile 1: sys.stderr.write('x' * 99)",
            "Resource Limit Exceeded",
            "log size: over 10,000 bytes",
        ),
        (
            "keep = []\nwhile 1: keep.append(bytearray(b'x' * 2**20))",
            "Resource Limit Exceeded",
            "memory: the kernel ended it",
        ),
        (ROW * 3 + "raise SystemExit(3)", "Error", "exit code 3"),
        ("import os; os.kill(os.getpid(), 11)", "Error", "exit code 139, by signal SIGSEGV"),
    ],
    ids=["good", "short", "stray", "endless", "logs", "memory", "exit", "signal"],
)
def test_each_end_has_its_status(
    image: str, tmp_path: Path, script: str, status: str, detail: str
) -> None:
    outcome = conduct(image, tmp_path, script)
    assert (outcome.status, outcome.detail[: len(detail)]) == (status, detail)
    assert left_over() == ""


def test_one_that_hangs_after_all_rows_exceeds_the_time(image: str, tmp_path: Path) -> None:
    hang = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\n" + ROW * 3 + "time.sleep(300)"
    outcome = conduct(image, tmp_path, hang, Preset(1, "96m", seconds=6, gpu=False))
    assert outcome.status == "Time Limit Exceeded"
    assert outcome.detail == "still running after 6 s, with 3 rows for 3 lines"
    assert left_over() == ""


@pytest.mark.parametrize(
    ("kept", "status"),
    [
        ("keep.append(bytearray(b'x' * 2**20))", "Memory Leak"),
        ("open('/tmp/kept', 'ab').write(bytes(2**20))", "Memory Leak"),
        ("sum(open('/bin/bash', 'rb').read(2**20))", "OK"),
    ],
    ids=["memory", "tmpfs", "file-cache"],
)
def test_memory_that_grows_with_rows_is_a_leak(
    image: str, tmp_path: Path, kept: str, status: str
) -> None:
    script = f"import time\nkeep = []\nfor row in range(150):\n {kept}\n time.sleep(.03)\n {ROW}"
    outcome = conduct(image, tmp_path, script, Preset(1, "512m", seconds=100, gpu=False), 150)
    assert (outcome.status, outcome.exit_code, outcome.rows) == (status, 0, 150)
    assert outcome.leak_mib_per_1000_rows == pytest.approx(
        1000 if status == "Memory Leak" else 0, abs=50
    )


def test_the_container_of_a_killed_judge_is_removed_by_the_next(image: str, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.docker.test_misbehaviour import conduct;"
        "conduct(sys.argv[1], Path(sys.argv[2]), 'import time; time.sleep(300)')"
    )
    judge = subprocess.Popen([sys.executable, "-c", script, image, str(tmp_path)])
    while not left_over():
        assert judge.poll() is None
        time.sleep(0.1)
    assert remove_stale() == 0
    judge.kill()
    judge.wait()
    assert remove_stale() == 1
    assert left_over() == ""


def test_a_file_that_holds_no_image_will_not_load(tmp_path: Path) -> None:
    container_file = tmp_path / "image.tar.gz"
    container_file.write_bytes(b"no image")
    with pytest.raises(engine.LoadError, match="image.tar.gz"):
        engine.find_image(str(container_file))
    with pytest.raises(engine.LoadError, match="there is no file"):
        engine.find_image(str(tmp_path / "none.tar"))
    with pytest.raises(engine.LoadError, match="no image is called 'memesieve:none'"):
        engine.find_image("memesieve:none")


def test_an_image_loads_from_the_file_of_docker_save(image: str, tmp_path: Path) -> None:
    file = tmp_path / "image.tar"
    subprocess.run(["docker", "save", "--output", str(file), image], check=True)
    assert engine.find_image(str(file)) == image
