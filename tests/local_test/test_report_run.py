"""`python -m local_test report --run DIR`: what it finds in whole runs and in stopped ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local_test.report import main
from tests.local_test.reports import LABELS, LINES, draw_pictures

STDIN = b"".join(b"/images/%c.png\r\n" % letter for letter in b"abcdef")
STDOUT = "".join(f"{one['proba']:.4f}\t{one['label']}\n" for one in LINES)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run in a container, whose images have labels beside them."""
    images, folder = tmp_path / "memes", tmp_path / "out"
    images.mkdir()
    folder.mkdir()
    draw_pictures(images, "abcde")
    (images / "labels.csv").write_text(LABELS)
    (folder / "run.json").write_text(json.dumps({"status": "OK", "images": str(images)}))
    (folder / "memory.csv").write_text("seconds,rows,memory_mib,gpu_mib\n1.0,0,300.5,\n")
    (folder / "stdin.csv").write_bytes(STDIN)
    (folder / "stdout.csv").write_text(STDOUT)
    return folder


def told(run: Path, *flags: str) -> tuple[dict[str, Any], list[str]]:
    """The page's data and its pictures."""
    assert main(["--run", str(run), *flags]) == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    pictures = re.search(r'id="pictures">(.*?)</script>', page, re.DOTALL)
    assert data
    assert pictures
    return json.loads(data[1]), pictures[1].split("\n")


def test_rows_labels_and_pictures_are_found_where_there_is_no_evidence(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, pictures = told(run)
    assert [row["path"][-5] for row in data["rows"]] == list("abcdef")
    assert [row["proba"] for row in data["rows"]] == [0.91, 0.82, 0.33, 0.12, 0.61, 0.5]
    assert [row["label"] for row in data["rows"]] == [1, 0, 1, 0, 1, 0]
    assert [bool(one) for one in pictures] == [True] * 5 + [False]
    assert data["run"]["memory"] == [[1.0, 300.5, None]]
    said = capsys.readouterr().err
    assert "rows: no evidence lies there, so rows alone\n" in said
    assert f"labels: {run.parent / 'memes' / 'labels.csv'}\n" in said


def test_evidence_is_taken_where_the_run_kept_it(run: Path) -> None:
    (run / "evidence.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in LINES))
    data, pictures = told(run)
    assert data["rows"][0]["text"] == "good morning"
    assert sum(map(bool, pictures)) == 5
    assert data["notes"] == []


@pytest.mark.parametrize("labels", [LABELS, "1\n0\n1\n0\n1\n0\n"], ids=["named", "column"])
def test_a_stopped_run_shows_what_it_has_and_says_so(run: Path, labels: str) -> None:
    first, second, third, *_ = (f"{json.dumps(one)}\n" for one in LINES)
    (run / "evidence.jsonl").write_text(first + second + third[:40])
    (run.parent / "memes" / "labels.csv").write_text(labels)
    data, _ = told(run, "--no-images")
    assert [row["label"] for row in data["rows"]] == [1, 0]
    assert data["notes"][:2] == [
        "The run was asked for 6 memes, and ended before it had answered them all.",
        "The evidence file's last line was half-written and is left out.",
    ]


def test_rows_up_to_the_first_wrong_one_are_shown(run: Path) -> None:
    (run / "stdout.csv").write_text(STDOUT[:27] + "Loading\n" + STDOUT[27:])
    assert [row["proba"] for row in told(run)[0]["rows"]] == [0.91, 0.82, 0.33]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("run.json", "run.json: No such file or directory; name a folder that"),
        ("stdin.csv", "stdin.csv: No such file or directory; name a folder that"),
        ("memory.csv", "memory.csv: No such file or directory; name a folder that"),
    ],
)
def test_a_folder_that_is_no_run_is_one_line(
    run: Path, capsys: pytest.CaptureFixture[str], name: str, cure: str
) -> None:
    (run / name).unlink()
    assert main(["--run", str(run)]) == 2
    assert cure in capsys.readouterr().err.splitlines()[-1]


def test_without_a_row_or_a_source_there_is_no_report(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "stdout.csv").write_text("")
    assert main(["--run", str(run)]) == 2
    assert "the run wrote no row; there is nothing to show" in capsys.readouterr().err
    assert main(["--evidence", "e.jsonl"]) == 2
    assert capsys.readouterr().err == (
        "error: give --run DIR, or --evidence FILE and --output FILE.html\n"
    )
