"""Weights are what the lock says or are not loaded; downloads bring no pickle and no code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from model_package.errors import UserError
from model_package.profile import LanguageModel, Profile, load_profile
from model_package.weights import check_present, verify, weights_folder, write_lock
from tests.model_package.hub import REVISION, serve

PROFILE = Profile("mine", "for tests", LanguageModel())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lm").mkdir()
    (tmp_path / "lm" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "lm" / "config.json").write_bytes(b"{}")
    write_lock(tmp_path)
    return tmp_path


def test_what_was_locked_is_accepted(folder: Path) -> None:
    check_present(folder, PROFILE)
    verify(folder)
    files = json.loads((folder / "lock.json").read_text())["files"]
    assert set(files) == {"lm/model.safetensors", "lm/config.json"}


def test_a_changed_file_is_refused(folder: Path) -> None:
    (folder / "lm" / "model.safetensors").write_bytes(b"w3ights")
    check_present(folder, PROFILE)
    with pytest.raises(UserError, match=r"lm/model.safetensors differs from lock.json"):
        verify(folder)


def test_a_file_that_was_not_locked_is_refused(folder: Path) -> None:
    (folder / "lm" / "processor_config.json").write_text("{}")
    with pytest.raises(UserError, match="processor_config.json is not in lock.json"):
        verify(folder)


def test_a_missing_or_cut_file_is_refused_before_anything_is_read(folder: Path) -> None:
    (folder / "lm" / "model.safetensors").write_bytes(b"wei")
    with pytest.raises(UserError, match="missing or incomplete; get it again: make weights PROF"):
        check_present(folder, PROFILE)
    (folder / "lm" / "model.safetensors").unlink()
    with pytest.raises(UserError, match="missing or incomplete"):
        check_present(folder, PROFILE)


def test_a_model_that_the_lock_does_not_know_is_refused(folder: Path) -> None:
    profile = Profile("mine", "", LanguageModel(folder="other"))
    with pytest.raises(UserError, match="no model 'other' in its lock"):
        check_present(folder, profile)


def test_a_folder_without_a_lock_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="python -m model_package.weights lock"):
        check_present(tmp_path, PROFILE)


def test_a_damaged_lock_is_one_clear_error(folder: Path) -> None:
    (folder / "lock.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        check_present(folder, PROFILE)


def test_missing_weights_of_the_ospc_profile_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make weights-download PROFILE=ospc"):
        check_present(tmp_path / "nothing", load_profile("ospc"))


def test_the_pocket_weights_are_whole_and_small() -> None:
    profile = load_profile("pocket")
    folder = weights_folder(profile, None)
    check_present(folder, profile)
    verify(folder)
    files = [path for path in folder.parent.glob("pocket/**/*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 24_000_000
    assert not [path for path in files if path.suffix in (".bin", ".pt", ".pth", ".pkl", ".py")]


def run_download(address: str, profile: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model_package.weights", "download"]
    command += ["--profile", str(profile), "--weights", str(folder)]
    cache = {"HF_ENDPOINT": address, "HF_HOME": str(folder / ".cache"), "HF_HUB_OFFLINE": "0"}
    return subprocess.run(
        command, env={**os.environ, **cache}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def profile_file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text("name = 'mine'\nsummary = ''\n[lm]\nhub = 'someone/model'\n")
    return file


def test_a_download_takes_safetensors_only_and_locks_what_came(
    tmp_path: Path, profile_file: Path
) -> None:
    files = {
        "model.safetensors": b"weights",
        "config.json": b"{}",
        "pytorch_model.bin": b"pickle",
        "modeling_own.py": b"code",
    }
    with serve({"someone/model": files}) as address:
        done = run_download(address, profile_file, tmp_path / "w")
    assert done.returncode == 0, done.stderr
    assert f"someone/model at {REVISION}: 2 files, 0.00 GB" in done.stderr
    lock = json.loads((tmp_path / "w" / "lock.json").read_text())
    assert lock["sources"] == {"lm": {"repository": "someone/model", "revision": REVISION}}
    assert set(lock["files"]) == {"lm/model.safetensors", "lm/config.json"}
    verify(tmp_path / "w")
    assert not list(tmp_path.glob("w/**/*.bin"))
    assert not list(tmp_path.glob("w/**/*.py"))


@pytest.mark.parametrize(
    ("repositories", "complaint"),
    [
        ({"someone/model": {"pytorch_model.bin": b"pickle"}}, "has no safetensors"),
        ({}, "someone/model cannot be downloaded"),
    ],
)
def test_what_cannot_be_downloaded_is_one_line(
    tmp_path: Path,
    profile_file: Path,
    repositories: dict[str, dict[str, bytes]],
    complaint: str,
) -> None:
    with serve(repositories) as address:
        done = run_download(address, profile_file, tmp_path / "w")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert complaint in line


def test_a_made_profile_has_nothing_to_download(tmp_path: Path) -> None:
    done = run_download("http://127.0.0.1:9", Path("pocket"), tmp_path)
    assert done.returncode == 2
    assert "names no hub repository" in done.stderr
