"""A worker that is killed 20 times at random moments costs no row but those that are told of."""

import random
import subprocess
import sys
from itertools import filterfalse, islice
from pathlib import Path

import pytest

from model_package.profile import WEIGHTS
from tests.hostile.chaos import check, run_with_chaos
from tests.hostile.seeds import varied
from tests.hostile.stub_worker import kills

STUB = [sys.executable, "-m", "tests.hostile.stubbed"]
REAL = [sys.executable, "-m", "model_package"]
SAMPLES = Path("local_test/test_images")
LINES = 500


def impatient(folder: Path, row: int, load: int) -> list[str]:
    """Flags for the pocket profile with so many seconds of patience with a worker that hangs."""
    text = Path("model_package/profiles/pocket.toml").read_text()
    file = folder / "impatient.toml"
    file.write_text(
        text.replace("[limits]\n", f"[limits]\nrow_seconds = {row}\nload_seconds = {load}\n")
    )
    return ["--profile", str(file), "--weights", str(WEIGHTS / "pocket"), "--device", "cpu"]


def calm(command: list[str], stdin: bytes) -> list[bytes]:
    """Rows of a run that nobody disturbs."""
    done = subprocess.run(command, input=stdin, capture_output=True, check=True)
    return done.stdout.splitlines(keepends=True)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 8))]
)
def test_twenty_deaths_of_a_stub(tmp_path: Path, seed: int) -> None:
    paths = (f"meme {seed}-{number}.png" for number in range(2 * LINES))
    stdin = "".join(f"{path}\n" for path in islice(filterfalse(kills, paths), LINES)).encode()
    command = [*STUB, *impatient(tmp_path, 2, 4)]
    undisturbed = calm(command, stdin)
    assert len(set(undisturbed)) > LINES / 2
    check(undisturbed, *run_with_chaos(command, stdin, tmp_path, seed, STUB_WAIT="0.005"))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_deaths_of_the_real_worker(tmp_path: Path) -> None:
    memes = varied(sorted(SAMPLES.glob("*.png")), tmp_path / "images", LINES // 2)
    chosen = random.Random(5).choices(memes, k=LINES)
    stdin = b"".join(b"%s\n" % str(one).encode() for one in chosen)
    command = [*REAL, *impatient(tmp_path, 5, 60)]
    check(calm(command, stdin), *run_with_chaos(command, stdin, tmp_path, seed=5))
