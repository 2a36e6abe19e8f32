"""The container has ended before any limit with all its rows, whatever hangs in it."""

import os
from pathlib import Path

import pytest

from local_test.running import container
from local_test.running.execute import execute
from local_test.running.outcome import Outcome
from local_test.running.presets import Preset

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

MISCHIEF = Path(__file__).with_name("mischief.py").resolve()
MEMES = sorted(Path("local_test/test_images").glob("*.png"))
FALLBACK = b"0.5000\t0"
GENEROUS = 60  # seconds in which two busy cores can load models three times and score the rest


def conduct(image: str, folder: Path, limit: float, *ways: str) -> tuple[Outcome, list[bytes]]:
    """One run over the memes, thrice, with hang.png among them as line 8; its rows."""
    images, stdin = folder / "images", folder / "stdin.csv"
    images.mkdir()
    for place in [*MEMES, images / "hang.png"]:
        (images / place.name).write_bytes(MEMES[0].read_bytes())
    names = [meme.name for meme in MEMES * 3]
    names.insert(7, "hang.png")
    stdin.write_bytes(b"".join(b"/images/%s\r\n" % os.fsencode(name) for name in names))
    guide = Preset(cpus=2, memory="4g", seconds=limit, gpu=False)
    line = container.command(image, images, guide, gpu=False)
    mount = f"type=bind,source={MISCHIEF},target=/opt/packages/sitecustomize.py,readonly"
    told = ("--env", f"MISCHIEF={' '.join(ways)}", "--env", f"MEMESIEVE_TIME_LIMIT={limit}")
    extra = ("--mount", mount, *told, *container.HARDENING)
    container.ensure_network()
    outcome = execute(lambda file: container.start(line, file, extra), stdin, folder, guide)
    print(f"limit {limit:g} s, {' and '.join(ways)}: {outcome.seconds:.1f} s, {outcome.status}")
    print((folder / "stderr.csv").read_text())
    return outcome, (folder / "stdout.csv").read_bytes().splitlines()


WAYS = [("row",), ("spin",), ("load",), ("row", "reload"), ("spin", "load")]
CASES = [(limit, ways) for limit in (5, 10, 20, 60, 120) for ways in WAYS]
SAMPLE = [(10, ("load",)), (20, ("row",))]


@pytest.mark.parametrize(
    ("limit", "ways"),
    [
        pytest.param(*case, id="-".join([str(case[0]), *case[1]]), marks=marks)
        for case in CASES
        for marks in [[] if case in SAMPLE else [pytest.mark.long]]
    ],
)
def test_a_hang_loses_no_row_and_no_limit(
    image: str, tmp_path: Path, limit: int, ways: tuple[str, ...]
) -> None:
    outcome, rows = conduct(image, tmp_path, limit, *ways)
    assert (outcome.status, outcome.exit_code, len(rows)) == ("OK", 0, 3 * len(MEMES) + 1)
    assert outcome.seconds < limit
    assert rows[7] == FALLBACK
    if limit >= GENEROUS and "load" not in ways and "reload" not in ways:
        assert [number for number, row in enumerate(rows) if row == FALLBACK] == [7]
