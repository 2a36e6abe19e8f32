"""The jail, and still fewer rights: killed workers, files made to harm, few processes and files."""

import random
import threading
import time
from pathlib import Path

import pytest

from local_test.running import container, engine
from local_test.running.execute import execute
from local_test.running.presets import PRESETS
from tests.hostile.chaos import Chaos, check, children
from tests.hostile.test_neighbours import MEMES, harmful, of_good

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

GUIDE = PRESETS["guide"]
NOEXEC = ("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=5g,mode=1777")
MOST = 512  # processes and open files; the jail allows twice as many


def start(image: str, images: Path, stdin: Path, *extra: str) -> container.Container:
    """The guide's command with all rights dropped and a `/tmp` that nothing can be run from."""
    container.ensure_network()
    line = container.command(image, images, GUIDE, gpu=False)
    place = next(at for at, word in enumerate(line) if "destination=/tmp" in word)
    del line[place - 1 : place + 1]
    with stdin.open("rb") as source:
        return container.start(line, source, (*container.HARDENING, *NOEXEC, *extra))


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
    stdin, output = folder / "stdin.csv", folder / "output"
    stdin.write_bytes(b"\r\n".join(lines))
    outcome = execute(lambda _: start(image, images, stdin), stdin, output, GUIDE)
    assert (outcome.status, outcome.rows) == ("OK", len(lines)), outcome
    return (output / "stdout.csv").read_bytes().splitlines()


@pytest.mark.long
def test_twenty_deaths_in_the_jail(image: str, tmp_path: Path) -> None:
    rng, stdin = random.Random(6), tmp_path / "stdin.csv"
    names = [rng.choice(MEMES).name.encode() for _ in range(500)]
    stdin.write_bytes(b"".join(b"/images/%s\r\n" % name for name in names))
    alone = dict(zip(names, feed(image, MEMES[0].parent, tmp_path, names_of(names)), strict=True))
    stdin.write_bytes(b"".join(b"/images/%s\r\n" % name for name in names))
    run = start(image, MEMES[0].parent, stdin)
    rows: list[bytes] = []
    chaos = Chaos(python_of(run.name), len(names), lambda: len(rows), seed=6)
    thread = threading.Thread(target=chaos.run)
    thread.start()
    assert run.process.stdout is not None
    rows.extend(run.process.stdout)
    thread.join()
    assert run.process.stderr is not None
    notes = run.process.stderr.read().decode()
    run.end()
    check([alone[name] + b"\n" for name in names], rows, notes, chaos)


def names_of(names: list[bytes]) -> list[bytes]:
    """Their paths in the container."""
    return [b"/images/" + name for name in names]
