"""The judge's one command."""

import subprocess
import sys

import pytest

from local_test.__main__ import VERBS, main


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert all(f"  {verb:<9}{what}" in told for verb, what in VERBS.items())


def test_an_unknown_verb_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as end:
        main(["jugde"])
    assert end.value.code == 2


def test_a_reader_that_leaves_is_no_error() -> None:
    line = f"{sys.executable} -m local_test doctor | head -c 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (len(done.stdout), "Traceback" in done.stderr) == (1, False)


def test_a_package_that_is_not_installed_is_one_line_and_exit_code_2() -> None:
    line = [sys.executable, "-S", "-m", "local_test", "judge", "--stdin", "x", "--stdout", "y"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: numpy is not installed; to get it: make test\n"
