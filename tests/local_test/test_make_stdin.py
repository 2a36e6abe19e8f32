"""The stdin files, to the byte, and the samples they name."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from local_test.draw_samples import SAMPLES, draw
from local_test.make_stdin import write_stdin

ROOT = Path(__file__).parents[2]
SAMPLE_FOLDER = ROOT / "local_test" / "test_images"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "memes"
    images.mkdir()
    for name in ("b.png", "A.JPG", "c,d.webp", 'e"f.gif', "notes.txt", "labels.csv"):
        (images / name).touch()
    (images / "folder.png").mkdir()
    return images


def test_every_image_is_named_once_in_order_with_crlf(folder: Path, tmp_path: Path) -> None:
    assert write_stdin(folder, tmp_path / "out") == 4
    assert (tmp_path / "out/stdin.csv").read_bytes() == (
        b'/images/A.JPG\r\n/images/b.png\r\n"/images/c,d.webp"\r\n"/images/e""f.gif"\r\n'
    )


def test_local_paths_lead_from_the_current_folder_to_the_files(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_stdin(folder, tmp_path)
    with (tmp_path / "stdin_local.csv").open(newline="") as file:
        paths = [row[0] for row in csv.reader(file)]
    assert paths[0] == "memes/A.JPG"
    assert all(Path(path).is_file() for path in paths)


def test_names_that_are_not_utf8_keep_their_bytes(folder: Path, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/z\xff.png")).touch()
    write_stdin(folder, tmp_path)
    assert (tmp_path / "stdin.csv").read_bytes().endswith(b"/images/z\xff.png\r\n")


@pytest.mark.parametrize("how", [["local_test/make_stdin.py"], ["-m", "local_test.make_stdin"]])
def test_it_runs_as_a_script_and_as_a_module(how: list[str], folder: Path, tmp_path: Path) -> None:
    flags = ["--img_folder", str(folder), "--output_folder", str(tmp_path / "out")]
    run = subprocess.run([sys.executable, *how, *flags], cwd=ROOT, capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (0, b"")
    assert len((tmp_path / "out/stdin_local.csv").read_bytes().splitlines()) == 4


def test_a_missing_folder_is_a_users_mistake(tmp_path: Path) -> None:
    command = [sys.executable, "local_test/make_stdin.py", "--img_folder", str(tmp_path / "none")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"is not a folder" in run.stderr


def test_samples_labels_and_stdin_files_agree() -> None:
    with (SAMPLE_FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted(path.name for path in SAMPLE_FOLDER.glob("*.png"))
    assert sorted(row["image"] for row in rows) == names
    assert {row["label"] for row in rows} == {"0", "1"}
    assert {"en", "zh", "ms", "ta"} <= {row["language"] for row in rows}
    stdin = (ROOT / "local_test/test_stdin/stdin.csv").read_bytes()
    assert stdin == "".join(f"/images/{name}\r\n" for name in names).encode()
    local = (ROOT / "local_test/test_stdin/stdin_local.csv").read_bytes()
    assert local == "".join(f"local_test/test_images/{name}\r\n" for name in names).encode()


def test_samples_are_small_and_some_are_transparent() -> None:
    paths = list(SAMPLE_FOLDER.glob("*.png"))
    modes = {Image.open(path).mode for path in paths}
    assert sum(path.stat().st_size for path in paths) < 2_000_000
    assert {"RGB", "RGBA"} <= modes


def test_a_sample_is_drawn_the_same_twice() -> None:
    assert draw(SAMPLES[0], 0).tobytes() == draw(SAMPLES[0], 0).tobytes()
