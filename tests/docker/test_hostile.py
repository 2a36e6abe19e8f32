"""The jail, and still fewer rights: killed workers, files made to harm, few processes and files."""

import os
import random
import threading
import time
from pathlib import Path

import pytest

from local_test.running import container, engine
from local_test.running.execute import execute
from local_test.running.outcome import Outcome
from local_test.running.presets import PRESETS
from tests.hostile.chaos import Chaos, check, children
from tests.hostile.seeds import varied
from tests.hostile.test_neighbours import FALLBACK, MEMES, harmful, of_good

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

GUIDE = PRESETS["guide"]
NOEXEC = ("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=5g,mode=1777")
MOST = 512  # processes and open files; the jail allows twice as many


def start(
    image: str, images: Path, stdin: Path, tmp: tuple[str, ...] = NOEXEC
) -> container.Container:
    """The guide's command with all rights dropped and a `/tmp` that nothing can be run from."""
    container.ensure_network()
    line = container.command(image, images, GUIDE, gpu=False)
    place = next(at for at, word in enumerate(line) if "destination=/tmp" in word)
    del line[place - 1 : place + 1]
    with stdin.open("rb") as source:
        return container.start(line, source, (*container.HARDENING, *tmp))


def inside(name: str) -> list[int]:
    """The container's processes, by this machine's numbers."""
    said = engine.say("top", name, "-eo", "pid").stdout.split()[1:]
    return [int(one) for one in said]


def python_of(name: str) -> int:
    """The supervisor: the child of the container's init."""
    while True:
        said = engine.say("inspect", "--format", "{{.State.Pid}}", name).stdout.strip()
        if said.isdigit() and int(said) and (found := children(int(said))):
            return found[0]
        time.sleep(0.05)


def test_a_run_takes_few_processes_and_files_and_runs_nothing_from_tmp(
    image: str, tmp_path: Path
) -> None:
    stdin = tmp_path / "stdin.csv"
    stdin.write_bytes(b"".join(b"/images/%s\r\n" % one.name.encode() for one in MEMES))
    run = start(image, MEMES[0].parent, stdin)
    counts = []
    while run.process.poll() is None:
        found = [Path(f"/proc/{one}") for one in inside(run.name)]
        try:
            threads = sum(len(list((one / "task").iterdir())) for one in found)
            files = max((len(list((one / "fd").iterdir())) for one in found), default=0)
        except OSError:  # one has ended meanwhile
            continue
        counts.append((threads, files))
        time.sleep(0.2)
    out, err = run.process.communicate()
    run.end()
    assert (run.process.returncode, out.count(b"\n")) == (0, len(MEMES)), err.decode()
    assert b"fallback" not in err
    threads, files = (max(one[which] for one in counts) for which in (0, 1))
    print(f"at most {threads} threads, and {files} files of one process")
    assert 1 < threads < MOST
    assert 1 < files < MOST


def test_files_made_to_harm_touch_no_neighbour_in_the_jail(image: str, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir(mode=0o755)
    bad = [path for path in harmful(folder, 21, 100) if path.startswith(str(folder).encode())]
    for meme in MEMES:
        (folder / meme.name).write_bytes(meme.read_bytes())
    good = [b"/images/" + meme.name.encode() for meme in MEMES]
    lines = good + [b"/images" + path[len(str(folder)) :] for path in bad if b"\n" not in path]
    random.Random(21).shuffle(lines)
    rows = [feed(image, folder, tmp_path, one) for one in (good, lines)]
    assert of_good(lines, rows[1], good) == of_good(good, rows[0], good)


def feed(image: str, images: Path, folder: Path, lines: list[bytes]) -> list[bytes]:
    """Rows of one judged run."""
    outcome = conduct(image, images, folder, lines)
    assert (outcome.status, outcome.rows) == ("OK", len(lines)), outcome
    return (folder / "output" / "stdout.csv").read_bytes().splitlines()


def conduct(
    image: str, images: Path, folder: Path, lines: list[bytes], tmp: tuple[str, ...] = NOEXEC
) -> Outcome:
    """One judged run, which leaves its streams in `folder`."""
    stdin = folder / "stdin.csv"
    stdin.write_bytes(b"\r\n".join(lines))
    return execute(lambda _: start(image, images, stdin, tmp), stdin, folder / "output", GUIDE)


@pytest.mark.long
def test_twenty_deaths_in_the_jail(image: str, tmp_path: Path) -> None:
    images = tmp_path / "images"
    made = random.Random(6).choices(varied(MEMES, images, 130), k=500)
    lines = [b"/images/" + one.name.encode() for one in made]
    calm = [row + b"\n" for row in feed(image, images, tmp_path, lines)]
    run = start(image, images, tmp_path / "stdin.csv")
    rows: list[bytes] = []
    chaos = Chaos(python_of(run.name), len(lines), lambda: len(rows), seed=6)
    thread = threading.Thread(target=chaos.run)
    thread.start()
    assert run.process.stdout is not None
    assert run.process.stderr is not None
    rows.extend(run.process.stdout)
    thread.join()
    notes = run.process.stderr.read().decode()
    run.end()
    told = check(calm, rows, notes, chaos)
    print(f"{len(chaos.killed)} deaths, {len(told)} rows told as fallback; {notes[-200:]}")


@pytest.mark.long
def test_ten_thousand_mixed_lines_in_the_jail(image: str, tmp_path: Path) -> None:
    images = tmp_path / "images"
    good = [b"/images/" + one.name.encode() for one in varied(MEMES, images, 130)]
    bad = [path for path in harmful(images, 23, 300) if path.startswith(os.fsencode(images))]
    closed = images / "closed.png"
    closed.write_bytes(MEMES[0].read_bytes())
    closed.chmod(0)
    bad = [b"/images" + path[len(os.fsencode(images)) :] for path in [*bad, os.fsencode(closed)]]
    none = [b"", b"\xff\xfe", b"/images/none.png", b"a\0b", b"/dev/zero", b".", b"x" * 9000]
    lines = good * 2 + [one for one in bad if b"\n" not in one] + none * 1400
    lines = lines[:10_000]
    random.Random(23).shuffle(lines)
    outcome = conduct(image, images, tmp_path, lines)
    print(outcome)
    assert (outcome.status, outcome.rows, outcome.exit_code) == ("OK", 10_000, 0)
    found = (tmp_path / "output" / "stdout.csv").read_bytes().splitlines()
    pairs = list(zip(lines, found, strict=True))
    assert {row for line, row in pairs if line in none or line.endswith(b"/closed.png")} == {
        FALLBACK
    }
    assert all(len(rows) == 1 for rows in of_good(lines, found, good).values())
    assert len(set(found)) > len(MEMES) / 2


@pytest.mark.parametrize("room", ["1k", "1m"])
def test_a_full_tmp_costs_no_row(image: str, tmp_path: Path, room: str) -> None:
    good = [b"/images/" + meme.name.encode() for meme in MEMES[:3]]
    lines = good + [b"/images/" + b"none" * 20] * 20_000 + good
    small = ("--tmpfs", f"/tmp:rw,noexec,nosuid,nodev,size={room},mode=1777")
    outcome = conduct(image, MEMES[0].parent, tmp_path, lines, small)
    assert (outcome.status, outcome.rows) == ("OK", len(lines)), outcome
    found = (tmp_path / "output" / "stdout.csv").read_bytes().splitlines()
    assert found[:3] == found[-3:]
    assert FALLBACK not in found[:3]
    assert set(found[3:-3]) == {FALLBACK}
