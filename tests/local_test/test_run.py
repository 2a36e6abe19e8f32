"""`python -m local_test run` on plain programs that misbehave: status, exit code, what is left."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local_test.run import main

ROW = "print('0.5000\\t0', flush=True)\n"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


def arguments(folder: Path, script: str, *flags: str, lines: int = 3) -> list[str]:
    """The command line for a Python script, over so many lines."""
    stdin, program = folder / "given.csv", folder / "program.py"
    stdin.write_bytes(b"a.png\r\n" * lines)
    program.write_text(script)
    command = f"{shlex.quote(sys.executable)} -S {shlex.quote(str(program))}"
    places = ("--images", str(folder), "--output", str(folder / "out"))
    return ["--command", command, "--stdin", str(stdin), *places, *flags]


def manifest(folder: Path) -> dict[str, object]:
    """What run.json holds."""
    found: dict[str, object] = json.loads((folder / "out" / "run.json").read_text())
    return found


@pytest.mark.parametrize(
    ("script", "flags", "status", "detail"),
    [
        (ROW * 3, (), "OK", ""),
        (ROW * 2, (), "Output Format Error", "line 3: the file ends after row 2; allowed: 3 rows"),
        (
            ROW + "print('Loading', flush=True)\n" + DEAF + "time.sleep(300)",
            (),
            "Output Format Error",
            "line 2: 'Loading' is text that is no row",
        ),
        (
            ROW + "print('Loading', end='', flush=True)\n" + DEAF + "time.sleep(300)",
            (),
            "Output Format Error",
            "line 2: 'Loading' is text that is no row",
        ),
        (
            ROW * 3 + "print('0', end='', flush=True)\n" + DEAF + "time.sleep(300)",
            (),
            "Output Format Error",
            "line 4: '0' has no label; allowed: nothing after 3 rows",
        ),
        (
            "while 1: print('0.5000\\t0')",
            (),
            "Output Format Error",
            "line 4: '0.5000\\t0' is a row too many",
        ),
        ("import os\nwhile 1: os.write(1, b'x' * 99)", (), "Output Format Error", "line 1: 'xxx"),
        (
            "import os\nwhile 1: os.write(2, b'x' * 99)",
            ("--log-limit", "10k"),
            "Resource Limit Exceeded",
            "log size: over 10,240 bytes on stderr",
        ),
        (
            "keep = []\nwhile 1: keep.append(bytearray(b'x' * 2**18))",
            ("--memory", "64m"),
            "Resource Limit Exceeded",
            "memory: ",
        ),
        (
            DEAF + ROW * 3 + "time.sleep(300)",
            ("--time-limit", "3"),
            "Time Limit Exceeded",
            "still running after 3 s, with 3 rows for 3 lines",
        ),
        (ROW * 3 + "raise SystemExit(3)", (), "Error", "exit code 3"),
        (
            "import os; os.kill(os.getpid(), 11)",
            (),
            "Error",
            "exit code -11, by signal SIGSEGV",
        ),
    ],
    ids="good short stray no-end surplus endless no-lines logs memory hangs exit signal".split(),
)
def test_each_end_has_its_status(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    script: str,
    flags: tuple[str, ...],
    status: str,
    detail: str,
) -> None:
    code = main(arguments(tmp_path, script, *flags))
    said = capsys.readouterr().out
    assert code == (0 if status == "OK" else 1)
    assert said.count("\n") == 1
    assert said.startswith("accepted: OK; 3 rows" if code == 0 else f"REFUSED: {status}: {detail}")
    found = manifest(tmp_path)
    assert found["status"] == status
    assert str(found["detail"]).startswith(detail)
    kept = [(tmp_path / "out" / name).stat().st_size for name in ("stdout.csv", "stderr.csv")]
    assert kept[0] <= 1 << 17
    assert kept[1] <= 10_240


@pytest.mark.parametrize(
    ("kept", "status"),
    [("bytearray(b'x' * 2**21)", "Memory Leak"), ("row", "OK")],
    ids=["leaks", "steady"],
)
def test_memory_that_grows_with_rows_is_a_leak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: str, status: str
) -> None:
    loop = f"for row in range(100):\n keep.append({kept}); time.sleep(.03)\n {ROW}"
    code = main(arguments(tmp_path, "import time\nkeep = []\n" + loop, lines=100))
    found, said = manifest(tmp_path), capsys.readouterr().out
    assert (found["status"], found["rows"], code) == (status, 100, int(status != "OK"))
    slope = 2000 if code else 0
    assert found["leak_mib_per_1000_rows"] == pytest.approx(slope, abs=100)
    assert ("memory grows by" in said) == bool(code)
    lines = (tmp_path / "out" / "memory.csv").read_text().splitlines()
    assert lines[0] == "seconds,rows,memory_mib,gpu_mib"
    assert len(lines) > 6


def test_the_processes_that_a_program_leaves_behind_are_ended(tmp_path: Path) -> None:
    mark = f"left behind by {tmp_path}"
    child = f"[sys.executable, '-S', '-c', 'import time; time.sleep(300)', {mark!r}]"
    script = f"import subprocess, sys\nsubprocess.Popen({child}, start_new_session=True)\n"
    assert main(arguments(tmp_path, script + ROW * 3)) == 0
    assert not [one for one in psutil.process_iter() if _has(one, mark)]


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return mark in process.cmdline()
    except psutil.Error:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_ends_its_program(tmp_path: Path, number: int) -> None:
    started = tmp_path / "started"
    script = f"import os\nopen({str(started)!r}, 'w').write(str(os.getpid()))\n" + DEAF
    line = arguments(tmp_path, script + "time.sleep(300)")
    judge = subprocess.Popen(
        [sys.executable, "-m", "local_test", "run", *line], stderr=subprocess.PIPE, text=True
    )
    while not (started.exists() and started.read_text()):
        assert judge.poll() is None
        time.sleep(0.05)
    judge.send_signal(number)
    time.sleep(0.3)
    judge.send_signal(number)  # impatience leaves nothing behind
    _, said = judge.communicate(timeout=60)
    assert judge.returncode == 130
    assert said.endswith("interrupted; what ran was ended and removed\n")
    assert not psutil.pid_exists(int(started.read_text()))
    assert not (tmp_path / "out" / "run.json").exists()


def test_a_plain_process_has_as_many_processors_as_the_preset(tmp_path: Path) -> None:
    script = "import os, sys\nprint(len(os.sched_getaffinity(0)), file=sys.stderr)\n" + ROW * 3
    before = os.sched_getaffinity(0)
    assert main(arguments(tmp_path, script, "--cpus", "1")) == 0
    assert (tmp_path / "out" / "stderr.csv").read_text() == "1\n"
    assert os.sched_getaffinity(0) == before


def test_images_of_a_folder_are_fed_as_local_paths_and_rows_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = arguments(tmp_path, "import sys\nfor line in sys.stdin.buffer:\n " + ROW)
    place = line.index("--stdin")
    for name in ("b.png", "a.png"):
        (tmp_path / name).touch()
    assert main([*line[:place], *line[place + 2 :], "--rows"]) == 0
    fed = (tmp_path / "out" / "stdin.csv").read_bytes().split(b"\r\n")
    assert [Path(os.fsdecode(one)).resolve() for one in fed[:-1]] == [
        tmp_path / "a.png",
        tmp_path / "b.png",
    ]
    assert capsys.readouterr().out.startswith("0.5000\t0\n0.5000\t0\naccepted: OK; 2 rows for 2")


@pytest.mark.parametrize(
    ("flags", "cure"),
    [
        (("--memory", "much"), "'much' is no size; write one such as 512m or 4g"),
        (("--time-limit", "0"), "--cpus and --time-limit must be above zero"),
        (("--images", "none"), "--images 'none' is no folder"),
        (("--stdin", "none"), "--stdin 'none' is no file"),
        (("--command", "no-such-program"), "'no-such-program' cannot be started"),
        (("--evidence",), "--evidence is this project's own; leave it out where"),
        (("--image", "x"), "--image is run by Docker; leave out --plain and --command"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], cure: str
) -> None:
    assert main(arguments(tmp_path, ROW, *flags)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith(f"error: {cure}")


def test_without_an_engine_a_plain_process_runs_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    line = arguments(tmp_path, "")
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert main(line[2:]) == 1
    said = capsys.readouterr()
    assert "note: no Docker engine answers; " in said.err
    assert said.out.startswith("REFUSED: Output Format Error: line 1: the file is empty")
    evidence = str(tmp_path / "out" / "evidence.jsonl")
    assert manifest(tmp_path)["command"] == [
        *("/bin/true", "-m", "model_package"),
        *("--evidence", evidence),
    ]
    assert manifest(tmp_path)["images"] == str(tmp_path)
    assert main([*line[2:], "--image", "x"]) == 2
