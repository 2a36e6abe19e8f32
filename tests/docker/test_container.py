"""The image in the jail, with still fewer rights than the judge leaves it, on awkward input."""

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from local_test.running import container
from local_test.running.execute import execute
from local_test.running.presets import PRESETS

pytestmark = pytest.mark.docker

SAMPLES = Path("local_test/test_images")
FALLBACK = b"0.5000\t0"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Memes under awkward names, and things that are no memes."""
    folder = tmp_path / "images"
    folder.mkdir()
    meme = min(SAMPLES.glob("*.png")).read_bytes()
    for name in ("plain.png", "a b.png", "a,b.png", 'say "hi".png', "图片.png"):
        (folder / name).write_bytes(meme)
    (folder / "cut.png").write_bytes(meme[: len(meme) // 3])
    (folder / "text.png").write_text("secret words")
    (folder / "folder.png").mkdir()
    return folder


class Done(NamedTuple):
    """What one run left."""

    status: str
    code: int
    stdout: bytes
    stderr: bytes


def feed(image: str, images: Path, stdin: bytes, *extra: str) -> Done:
    """One hardened run over `stdin`."""
    source, output = images.parent / "stdin.csv", images.parent / "output"
    source.write_bytes(stdin)
    container.ensure_network()
    guide = PRESETS["guide"]
    line = container.command(image, images, guide, gpu=container.has_gpu())
    flags = (*container.HARDENING, *extra)
    outcome = execute(lambda file: container.start(line, file, flags), source, output, guide)
    kept = [(output / name).read_bytes() for name in ("stdout.csv", "stderr.csv")]
    return Done(outcome.status, outcome.exit_code, *kept)


def test_every_line_gets_a_row_whatever_it_names(image: str, images: Path) -> None:
    good = ["plain.png", "a b.png", '"/images/a,b.png"', '"/images/say ""hi"".png"', "图片.png"]
    bad = ["", "none.png", "folder.png", "cut.png", "text.png"]
    lines = [name if name.startswith('"') else f"/images/{name}" for name in good + bad[1:]]
    lines.insert(len(good), "")
    stdin = "\r\n".join(lines).encode()  # the last line has no end
    done = feed(image, images, stdin)
    assert done.status == "OK", done.stderr.decode()
    rows = done.stdout.splitlines()
    assert len(set(rows[: len(good)])) == 1
    assert rows[0] != FALLBACK
    assert rows[len(good) :] == [FALLBACK] * len(bad)
    assert all(b"row %d: " % number in done.stderr for number in range(6, 11))
    assert b"secret" not in done.stderr


@pytest.mark.parametrize(("stdin", "count"), [(b"", 0), (b"\n", 1), (b"\r\n\r\n\n", 3)])
def test_lines_without_a_path_are_lines(image: str, images: Path, stdin: bytes, count: int) -> None:
    done = feed(image, images, stdin)
    assert (done.code, done.stdout.splitlines()) == (0, [FALLBACK] * count), done.stderr.decode()


@pytest.mark.parametrize(
    "setting", ["MEMESIEVE_PROFILE=none", "MEMESIEVE_WEIGHTS=/none", "MEMESIEVE_TIME_LIMIT=soon"]
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(
    image: str, images: Path, setting: str
) -> None:
    done = feed(image, images, b"/images/plain.png\n", "--env", setting)
    assert (done.code, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1), done.stderr.decode()


def test_the_image_holds_no_tools_and_no_rights(image: str) -> None:
    script = (
        "id -u; for tool in cc gcc g++ pip pip3; do command -v $tool; done;"
        "ls -d /wheels /root/.cache /opt/packages/pip 2>/dev/null; echo $HF_HUB_OFFLINE;"
        "echo $TRANSFORMERS_OFFLINE; ls /app/model_package/weights | wc -l"
    )
    line = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["10001", "1", "1", "1"]
