"""The doctor on small real machines: bare, broken, slow, and this one."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data_preparation.drawing.fonts import FONTS
from local_test import doctor
from local_test.checks import machine, materials, packages, programs
from local_test.checks.finding import MISSING, NOTE, OK, Check, Finding, ask, run_checks
from local_test.checks.prospects import INSTALLS, LACKS, READY, one_line, prospects
from model_package import ocr_rapid, ocr_tesseract
from model_package.profile import WEIGHTS

ROOT = Path(__file__).parents[2]
BARE = "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; runpy.run_module('local_test', run_name='__main__')"  # noqa: E501


def bare(path: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """The doctor under a Python without one package, where no program is on the path."""
    return subprocess.run(
        [sys.executable, "-S", "-I", "-B", "-c", BARE, str(ROOT), "doctor", *flags],
        capture_output=True,
        text=True,
        check=False,
        cwd=path,
        env={"PATH": str(path), "HOME": str(path)},
    )


def script(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in findings}


def test_a_bare_machine_gets_a_line_for_everything_and_how_to_get_it(tmp_path: Path) -> None:
    done = bare(tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    *lines, summary = done.stdout.splitlines()
    found = {" ".join(line[:43].split()): line for line in lines}
    said = next(line for line in lines if "packages: runtime" in line)
    assert said.startswith("missing ")
    assert "0 of 9 are there; not torch, transformers" in said
    assert said.endswith("without it nothing is scored; to get it: make run")
    docker = next(line for line in lines if " docker " in line)
    assert "no docker command; make run and make test work" in docker
    assert docker.endswith("to get it: Debian: sudo apt-get install docker.io")
    assert all(line.split()[0] in {OK, MISSING, NOTE} for line in lines)
    assert len(found) == len(lines)
    assert "works after installing its packages itself: make run" in summary
    assert "make run-container (docker)" in summary


def test_json_says_the_same(tmp_path: Path) -> None:
    told = json.loads(bare(tmp_path, "--json").stdout)
    found = {one["name"]: one for one in told["findings"]}
    assert found["packages: runtime"]["mark"] == MISSING
    assert found["weights: pocket"]["mark"] == OK
    assert told["runtime"] == MISSING
    assert told["commands"][0] == {
        "command": "make run", "state": INSTALLS, "lacking": ["packages: runtime"]
    }  # fmt: skip


def test_a_flipped_byte_of_the_weights_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pocket"
    shutil.copytree(WEIGHTS / "pocket", folder)
    monkeypatch.setenv("MEMESIEVE_WEIGHTS", str(folder))
    assert by_name(list(materials.weights()))["weights: pocket"].mark == OK
    file = folder / "lm" / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    found = by_name(list(materials.weights()))["weights: pocket"]
    assert (found.mark, found.found) == (MISSING, f"{file} differs from lock.json")
    assert found.cure.startswith("restore it")
    assert not doctor.runs([found])


def test_a_sick_check_is_one_line_and_the_others_stand() -> None:
    def crash() -> list[Finding]:
        raise ValueError("two\nlines")

    def hang() -> list[Finding]:
        time.sleep(60)
        return []

    good = Finding("good", OK, "there")
    start = time.monotonic()
    found = run_checks(
        [Check("bad", crash), Check("slow", hang, 0.2), Check("good", lambda: [good])]
    )
    assert time.monotonic() - start < 30
    assert found == [
        Finding("bad", NOTE, "the check failed: ValueError: two lines"),
        Finding("slow", NOTE, "no answer within 0 seconds"),
        good,
    ]


def test_a_program_that_hangs_with_a_child_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "docker", "/bin/sleep 60 &\n/bin/sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path))
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="docker: no answer within 1 seconds"):
        ask(["docker", "info"], 1)
    assert time.monotonic() - start < 30


def test_an_engine_that_does_not_answer_is_not_an_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "docker", "echo 'permission denied on the socket' >&2; exit 1")
    [found] = programs.docker()
    assert (found.mark, found.found) == (MISSING, "permission denied on the socket")
    assert "usermod -aG docker" in found.cure
    script(tmp_path, "docker", "case $1 in version) echo 24.0;; info) echo '{\"runc\":{}}';; esac")
    engine, runtime = programs.docker()
    assert (engine.mark, engine.found, runtime.mark) == (OK, "engine 24.0", MISSING)


@pytest.mark.parametrize(
    ("line", "mark", "words"),
    [
        ("Tesla V100-SXM2-16GB, 16160, 7.0, 535.104", OK, "fp16 (no bf16 before 8.0), and no Mar"),
        ("NVIDIA H100, 81559, 9.0, 550.1", OK, "compute capability 9.0, driver 550.1"),
        ("GTX 1050, 2048, 6.1, 535.1", MISSING, "too small"),
    ],
)
def test_what_a_gpu_is_good_for(
    line: str, mark: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "nvidia-smi", f"echo '{line}'")
    monkeypatch.setenv("PATH", str(tmp_path))
    [found] = machine.gpu()
    assert found.mark == mark
    assert words in found.found


def test_missing_and_other_packages_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy"]\n[project.optional-dependencies]\n'
        'data = ["Py_Test"]\ndev = ["pytest", "no-such-package"]\n',
        encoding="utf-8",
    )
    (tmp_path / "constraints.txt").write_text("numpy==0.0.1\npytest==1\n", encoding="utf-8")
    runtime, data, dev = packages.packages(tmp_path)
    have = packages.installed("numpy")
    assert (runtime.mark, runtime.found) == (NOTE, f"numpy {have} is not 0.0.1")
    assert runtime.cure.endswith("-m pip install numpy==0.0.1")
    assert (data.mark, data.cure) == (MISSING, "make test")
    assert dev.found == "1 of 2 are there; not no-such-package"


def test_fonts_and_corpora_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMESIEVE_FONTS", str(tmp_path))
    monkeypatch.setenv("CORPORA_DIR", str(tmp_path))
    fonts = by_name(list(materials.fonts()))
    assert set(fonts) == {f"font: {script}" for script in FONTS}
    assert fonts["font: han"].cure == "sudo apt-get install fonts-noto-cjk"
    cold = by_name(list(materials.corpora()))["corpus: cold"]
    assert cold.found == f"{tmp_path} has no cold/train.csv"
    assert cold.cure.endswith("python -m data_preparation.corpora fetch cold")


def test_constants_are_read_as_the_runtime_has_them(tmp_path: Path) -> None:
    package = ROOT / "model_package"
    tesseract, rapid = package / "ocr_tesseract.py", package / "ocr_rapid.py"
    assert materials.literal(tesseract, "FOLDERS") == ocr_tesseract.FOLDERS
    assert materials.literal(tesseract, "LANGUAGES") == ocr_tesseract.LANGUAGES
    assert materials.literal(rapid, "MODELS") == ocr_rapid.MODELS
    assert [one.mark for one in materials.rapidocr()] == [OK]


@pytest.mark.parametrize(
    ("file", "words", "limit"),
    [
        ("memory.max", "4294967296\n", 2**32),
        ("memory.max", "max\n", None),
        ("memory/memory.limit_in_bytes", "1073741824\n", 2**30),
        ("memory/memory.limit_in_bytes", "9223372036854771712\n", None),
    ],
)
def test_a_cgroups_limit_on_memory(
    file: str, words: str, limit: int | None, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(words, encoding="ascii")
    assert machine.memory_limit(tmp_path) == limit


def test_a_need_that_no_check_found_is_lacking() -> None:
    found = [Finding("python", OK, ""), Finding("venv", OK, ""), Finding("weights", NOTE, "slow")]
    hopes = {one.command: one for one in prospects(found)}
    assert (hopes["make run"].state, hopes["make run"].lacking) == (LACKS, ("weights: pocket",))
    whole = [*found, Finding("weights: pocket", OK, ""), Finding("packages: runtime", OK, "")]
    hope = prospects(whole)[0]
    assert hope.state == READY
    assert one_line([hope]) == "works here: make run"
    assert doctor.runs(whole)
    assert not doctor.runs(found)
