"""Flags, environment variables, and what is said of a mistake in them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model_package.errors import UserError
from model_package.options import Options, parse


def test_without_anything_the_defaults_stand() -> None:
    assert parse([], {}) == Options()


def test_a_flag_beats_its_variable_and_a_variable_the_default(tmp_path: Path) -> None:
    environment = {
        "MEMESIEVE_PROFILE": "ospc",
        "MEMESIEVE_TIME_LIMIT": "9000",
        "MEMESIEVE_IMAGE_ROOT": str(tmp_path),
        "MEMESIEVE_EVIDENCE": "",
    }
    options = parse(["--profile", "pocket"], environment)
    assert options == Options(profile="pocket", time_limit=9000.0, image_root=str(tmp_path))


def test_options_survive_the_way_to_the_worker() -> None:
    options = Options(profile="a", time_limit=1.5, weights="/w")
    assert Options.from_json(options.to_json()) == options


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--time-limit", "soon"], "'soon' is not a number of seconds"),
        (["--time-limit", "-1"], "above 0"),
        (["--time-limit", "inf"], "above 0"),
        (["--device", "tpu"], "use auto, cpu or cuda"),
        (["--image-root", "/nowhere"], "not a folder"),
        (["--profil"], "expected one argument"),
        (["extra"], "unrecognized arguments: extra"),
    ],
)
def test_mistakes_are_named(flags: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        parse(flags, {})


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--profile", "nope"], "no profile is called 'nope'; choose one of ospc, pocket"),
        (["--policy", "nope"], "no policy is called 'nope'"),
        (["--weights", "/nowhere"], "no weights of profile 'pocket' in /nowhere; get them: make"),
        (["--evidence", "/nowhere/e.jsonl"], "evidence file '/nowhere/e.jsonl'"),
        (["--time-limit", "x"], "time limit 'x'"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(flags: list[str], complaint: str) -> None:
    command = [sys.executable, "-m", "model_package", *flags]
    done = subprocess.run(command, input=b"a.png\n", capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stdout == b""
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("memesieve: ")
    assert complaint in line


def test_a_run_that_is_refused_leaves_an_older_evidence_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text("{}\n")
    policy = tmp_path / "alike.toml"
    policy.write_text(
        "name = 'alike'\nquestions = [{id = 'a', text = 'A?', yes = 'Yes', no = 'Yes!'}]\n"
        "views = [{id = 'v', template = '{ocr_text}'}]\n"
    )
    command = [sys.executable, "-m", "model_package", "--policy", str(policy)]
    done = subprocess.run(
        [*command, "--evidence", str(kept)], input=b"a.png\n", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"begin with the same token" in done.stderr
    assert kept.read_text() == "{}\n"


def computed() -> float:
    """Processor seconds of all children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def test_help_needs_no_library_and_little_time() -> None:
    start = computed()
    heavy = "('torch', 'transformers', 'numpy', 'PIL')"
    code = f"import sys, model_package.__main__; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
    assert computed() - start < 2
    shown = subprocess.run(
        [sys.executable, "-m", "model_package", "--help"], capture_output=True, check=True
    )
    assert b"MEMESIEVE_TIME_LIMIT" in shown.stdout
