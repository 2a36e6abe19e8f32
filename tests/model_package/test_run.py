"""The command as the judge runs it: real stages, real processes, bytes in and bytes out."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

ROW = re.compile(rb"(0\.\d{4}|1\.0000)\t[01]\n")
SAMPLES = Path("local_test/test_images")
COMMAND = [sys.executable, "-m", "model_package"]
SLACK = 5  # seconds that two busy cores may add


def run(stdin: bytes, *flags: str) -> subprocess.CompletedProcess[bytes]:
    """The whole command over `stdin`."""
    return subprocess.run([*COMMAND, *flags], input=stdin, capture_output=True, check=False)


def rows(stdout: bytes) -> list[bytes]:
    """Rows, each of the right form, and nothing else."""
    lines = stdout.splitlines(keepends=True)
    assert all(ROW.fullmatch(line) for line in lines)
    return lines


@pytest.fixture(scope="module")
def samples(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[bytes], list[dict[str, object]]]:
    """Rows and evidence of the sample memes."""
    evidence = tmp_path_factory.mktemp("run") / "evidence.jsonl"
    done = run(
        Path("local_test/test_stdin/stdin_local.csv").read_bytes(), "--evidence", str(evidence)
    )
    assert done.returncode == 0, done.stderr
    return rows(done.stdout), [json.loads(line) for line in evidence.read_text().splitlines()]


def test_each_sample_gets_a_row_and_evidence(
    samples: tuple[list[bytes], list[dict[str, object]]],
) -> None:
    answers, evidence = samples
    assert len(answers) == len(evidence) == len(list(SAMPLES.glob("*.png")))
    for answer, line in zip(answers, evidence, strict=True):
        keys = ["path", "caption", "ocr_text", "views", "proba", "label", "fallback", "seconds"]
        assert list(line) == keys
        assert line["fallback"] is None
        assert answer == f"{line['proba']:.4f}\t{line['label']}\n".encode()


def test_awkward_input_gets_one_row_a_line(tmp_path: Path) -> None:
    sample = next(iter(sorted(SAMPLES.glob("*.png")))).read_bytes()
    for name in ["a b.png", "a,b.png", 'say "hi".png', "图片.png"]:
        (tmp_path / name).write_bytes(sample)
    (tmp_path / "secret cut.png").write_bytes(sample[: len(sample) // 3])
    (tmp_path / "secret.png").write_text("secret words")
    (tmp_path / "secret folder.png").mkdir()
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    root = os.fsencode(tmp_path)
    good = [root + b"/a b.png", b'"' + root + b'/a,b.png"', b'"' + root + b'/say ""hi"".png"']
    good += [root + "/图片.png".encode()]
    bad = [b"", b" ", b"\xff\xfe.png", root + b"/no secret.png", root + b"/secret cut.png"]
    bad += [root + b"/secret.png", root + b"/secret folder.png", root + b"/secret\0.png"]
    done = run(b"\r\n".join([*good, *bad, root + b"/blank.png"]))
    assert done.returncode == 0, done.stderr
    answers = rows(done.stdout)
    assert len(answers) == 13
    assert len(set(answers[:4])) == 1
    assert answers[4:12] == [b"0.5000\t0\n"] * 8
    reasons = re.findall(rb"row (\d+): fallback: (.+)", done.stderr)
    assert [int(number) for number, _ in reasons][:8] == list(range(5, 13))
    assert b"secret" not in done.stderr


def test_an_empty_file_has_no_rows() -> None:
    done = run(b"")
    assert (done.returncode, done.stdout) == (0, b"")


def test_fed_a_line_at_a_time_it_answers_each_and_a_signal_then_leaves_none() -> None:
    path = os.fsencode(sorted(SAMPLES.glob("*.png"))[0])
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []
        for line in (path, path, b"none.png", path):
            process.stdin.write(line + b"\r\n")
            process.stdin.flush()
            answers.append(process.stdout.readline())
        process.terminate()
        assert process.wait(60) == 0
    assert answers.pop(2) == b"0.5000\t0\n"
    assert len(set(rows(b"".join(answers)))) == 1


def test_paths_outside_the_image_root_are_refused(tmp_path: Path) -> None:
    path = os.fsencode(sorted(SAMPLES.glob("*.png"))[0].resolve())
    done = run(path + b"\n", "--image-root", str(tmp_path))
    assert rows(done.stdout) == [b"0.5000\t0\n"]
    assert b"outside the image root" in done.stderr


def test_the_time_limit_is_kept_even_while_the_models_load() -> None:
    start = time.monotonic()
    done = run(b"a.png\n" * 5, "--time-limit", "1")
    assert time.monotonic() - start < 1 + SLACK
    assert done.returncode == 0
    assert rows(done.stdout) == [b"0.5000\t0\n"] * 5
    assert b"the time limit is near: 5 rows got the fallback" in done.stderr


def test_closed_stderr_and_a_full_disk_lose_no_row() -> None:
    """The evidence file is on the full disk; the time limit spares the models' loading."""
    script = f"printf 'a\\nb\\nc\\n' | {' '.join(COMMAND)} --time-limit 2 --evidence /dev/full 2>&-"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=60)
    assert (done.returncode, rows(done.stdout)) == (0, [b"0.5000\t0\n"] * 3)


def test_stdin_that_does_not_wait_is_read_to_its_end() -> None:
    source, feed = os.pipe()
    os.set_blocking(source, False)
    with subprocess.Popen(
        [*COMMAND, "--time-limit", "3"],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        time.sleep(0.5)
        os.write(feed, b"a\nb\n")
        os.close(feed)
        assert process.stdout is not None
        assert rows(process.stdout.read()) == [b"0.5000\t0\n"] * 2
    os.close(source)


def test_many_lines_end_within_the_time_limit() -> None:
    start = time.monotonic()
    done = run(b"/images/none.png\n" * 300_000, "--time-limit", "10")
    assert time.monotonic() - start < 10
    assert done.stdout.count(b"\n") == 300_000
    assert len(done.stderr) < 65_536


def test_a_reader_that_leaves_ends_the_run_quietly() -> None:
    script = f"yes none.png | head -2000 | {' '.join(COMMAND)} | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=120)
    assert rows(done.stdout) == [b"0.5000\t0\n"]
    assert b"Traceback" not in done.stderr
