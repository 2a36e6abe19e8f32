"""Among files made to harm, sound memes get to the bit the rows that they get alone."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from local_test.running import plain
from local_test.running.execute import execute
from local_test.running.presets import Preset
from tests.hostile.handmade import make_places
from tests.hostile.mutate import corpus

COMMAND = [sys.executable, "-m", "model_package", "--profile", "pocket", "--device", "cpu"]
MEMES = sorted(Path("local_test/test_images").glob("*.png"))
FALLBACK = b"0.5000\t0"


def harmful(folder: Path, seed: int, count: int) -> list[bytes]:
    """Paths of so many damaged files, and of the places made by hand that are cheap to refuse."""
    paths = []
    for name, data in corpus(seed, count):
        (folder / name).write_bytes(data)
        paths.append(os.fsencode(folder / name))
    places = make_places(folder).values()
    return paths + [one.path for one in places if isinstance(one.wanted, str) and one.wanted]


def mixed(good: list[bytes], bad: list[bytes], seed: int) -> list[bytes]:
    """All of them in an order of chance; no path here holds the end of a line."""
    lines = good + [path for path in bad if b"\n" not in path]
    random.Random(seed).shuffle(lines)
    return lines


def rows(lines: list[bytes]) -> list[bytes]:
    """What the whole command makes of `lines`."""
    done = subprocess.run(COMMAND, input=b"\n".join(lines), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stderr) < 48 * 1024
    found = done.stdout.splitlines()
    assert len(found) == len(lines)
    return found


def of_good(lines: list[bytes], found: list[bytes], good: list[bytes]) -> dict[bytes, set[bytes]]:
    """The rows that each sound meme got."""
    pairs = list(zip(lines, found, strict=True))
    return {one: {row for line, row in pairs if line == one} for one in good}


def test_sound_memes_first_alone_then_among_harmful_files(tmp_path: Path) -> None:
    good = [os.fsencode(meme) for meme in MEMES[:3]]
    lines = good + mixed(good, harmful(tmp_path, seed=11, count=8), seed=11)
    alone = of_good(lines, rows(lines), good)
    assert all(len(found) == 1 and found != {FALLBACK} for found in alone.values()), alone


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_sound_memes_in_another_run_than_harmful_files(tmp_path: Path) -> None:
    good = [os.fsencode(meme) for meme in MEMES]
    lines = mixed(good * 3, harmful(tmp_path, seed=12, count=400), seed=12)
    assert of_good(lines, rows(lines), good) == of_good(good, rows(good), good)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_ten_thousand_mixed_lines_keep_memory_flat(tmp_path: Path) -> None:
    bad = harmful(tmp_path, seed=13, count=500)
    none = [b"", b"\xff\xfe", b"/images/none.png", b"a\0b", b"/dev/zero", b".", b"x" * 9000]
    lines = mixed([os.fsencode(meme) for meme in MEMES] * 30, bad * 3 + none * 1500, seed=13)
    stdin = tmp_path / "stdin.csv"
    stdin.write_bytes(b"\r\n".join(lines[:10_000]))
    guide = Preset(cpus=2, memory="4g", gpu=False)
    outcome = execute(lambda file: plain.start(COMMAND, file, guide), stdin, tmp_path, guide)
    print(outcome)  # its figures are worth keeping
    assert (outcome.status, outcome.rows, outcome.exit_code) == ("OK", 10_000, 0)
    assert outcome.peak_mib is not None
    assert outcome.peak_mib < 4096
