"""Two runs' answers side by side."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from training_pipeline.answers import Answer, read_answers, write_answers
from training_pipeline.compare import compare, main

ROWS = [
    Answer(f"r{n}", n % 2, 0.2 + 0.6 * (n % 2), n % 2, "en" if n < 6 else "ta") for n in range(12)
]


def folder(tmp_path: Path, name: str, answers: Sequence[Answer]) -> Path:
    (tmp_path / name).mkdir()
    write_answers(tmp_path / name, answers)
    return tmp_path / name


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """A is wrong about the three first rows, B about none."""
    worse = [
        replace(one, proba=round(1 - one.proba, 1), verdict=1 - one.verdict) for one in ROWS[:3]
    ]
    a = folder(tmp_path, "a", [*worse, *ROWS[3:], Answer("alone", 1, 0.9, 1)])
    return a, folder(tmp_path, "b", ROWS)


def test_differences_on_the_rows_they_share(runs: tuple[Path, Path]) -> None:
    found = compare(*runs)
    assert (found["only_a"], found["only_b"]) == (1, 0)
    assert list(found["slices"]) == ["all", "en", "ta"]
    accuracy = found["slices"]["all"]["accuracy"]
    assert (accuracy["a"], accuracy["b"], accuracy["p"]) == (0.75, 1.0, 2 / 8)
    auroc = found["slices"]["all"]["auroc"]
    assert auroc["a"] == pytest.approx((5 * 4 + 0.5 * (1 * 4 + 5 * 2)) / 36)
    assert auroc["b"] == 1
    assert found["slices"]["ta"]["accuracy"]["p"] == 1


def test_one_table_and_json(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*map(str, runs), "--output", str(tmp_path / "d.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split() == (
        "all accuracy 12 0.7500 1.0000 +0.2500 (+0.0050 to +0.4950) 0.25".split()
    )
    assert lines[-1] == "left out: 1 rows of A alone, 0 of B alone"
    assert json.loads((tmp_path / "d.json").read_text()) == compare(*runs)


def test_rows_of_one_group_are_taken_as_one_draw(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The three rows that A has wrong are of one group, so that B may be better by chance."""
    grouped = [
        replace(one, group="template" if one.id in ("r0", "r1", "r2") else "")
        for one in read_answers(runs[0]).values()
    ]
    write_answers(runs[0], grouped)
    tests = compare(*runs)["slices"]["all"]
    assert (tests["rows"], tests["groups"], tests["accuracy"]["p"]) == (12, 10, 1)
    assert main([*map(str, runs)]) == 0
    said = "12 rows of 10 groups, each taken as one draw; so few make intervals, and p of AUROC,"
    assert capsys.readouterr().out.splitlines()[-2] == f"{said} too sure"


def test_all_rows_of_one_group_are_too_few(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = [replace(answer, group="template", language="") for answer in ROWS]
    a, b = (folder(tmp_path, name, one) for name in "ab")
    assert main([str(a), str(b)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].endswith("12 needs two rows of each class, of different groups")
    assert lines[3].endswith("12 needs rows of two groups")


def test_too_few_rows_of_a_class_get_no_delong(tmp_path: Path) -> None:
    a, b = (folder(tmp_path, name, ROWS[:3]) for name in "ab")
    assert compare(a, b)["slices"]["all"]["auroc"] is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"id": "x", "label": 1, "proba": 0.5, "verdict": 1}\n', "share no ids"),
        ('{"id": "r0", "label": 1, "proba": 0.5, "verdict": 1}\n', "'r0' is labelled otherwise"),
        ('{"id": "r0", "label": 0, "proba": 7, "verdict": 1}\n', "predictions.jsonl:1: not an"),
        ('{"id": "r0", "label": "0", "proba": 0.1, "verdict": 1}\n', "not an answer of evaluate"),
        ('{"id": 3}\n', "not an answer of evaluate"),
        ("\n[1]\n", "predictions.jsonl:2: not an answer of evaluate"),
        ('{"id": "r0", "label": 0, "proba": 0.1, "verdict": 1}\n' * 2, "stands there twice"),
        (None, "cannot be read"),
    ],
)
def test_mistakes_are_one_line(
    runs: tuple[Path, Path], text: str | None, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = runs[1] / "predictions.jsonl"
    file.unlink() if text is None else file.write_text(text)
    assert main([*map(str, runs)]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    answers = [replace(ROWS[0], group="template"), *ROWS[1:]]
    write_answers(tmp_path, answers)
    assert list(read_answers(tmp_path).values()) == answers


def test_answers_of_before_groups_were_written_are_read(tmp_path: Path) -> None:
    line = '{"id": "r0", "label": 0, "proba": 0.1, "verdict": 0, "language": "en", "source": "x"}'
    (tmp_path / "predictions.jsonl").write_text(f"{line}\n")
    assert read_answers(tmp_path)["r0"] == Answer("r0", 0, 0.1, 0, "en", "x", "")
