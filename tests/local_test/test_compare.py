"""Submissions side by side: differences, and the rows that differ."""

import csv
import json
import random
from pathlib import Path

import pytest

from local_test.compare import main
from local_test.differences import holm
from local_test.metrics import auroc
from local_test.paired import accuracy_difference, auroc_difference

COUNT = 40
TRUTH = [n % 2 for n in range(COUNT)]


def probas(seed: int, skill: float) -> list[float]:
    rng = random.Random(seed)
    return [round(skill * label + (1 - skill) * rng.random(), 4) for label in TRUTH]


RUNS = {"a": probas(1, 0.1), "b": probas(2, 0.4), "c": probas(3, 0.2)}


def write_rows(path: Path, values: list[float]) -> None:
    path.write_text("".join(f"{one:.4f}\t{int(one > 0.5)}\n" for one in values))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("".join(f"/images/{n}.png\n" for n in range(COUNT)))
    rows = (f"{n}.png,{label},{'en' if n < 30 else 'ta'}\n" for n, label in enumerate(TRUTH))
    Path("labels.csv").write_text("image,label,language\n" + "".join(rows))
    for name, values in RUNS.items():
        write_rows(tmp_path / name, values)
    return tmp_path


def right(values: list[float]) -> list[bool]:
    return [int(one > 0.5) == label for one, label in zip(values, TRUTH, strict=True)]


def test_differences_to_the_first_with_their_chance(folder: Path) -> None:
    flags = "a b c --stdin in.csv --labels labels.csv --metrics m.json --draws 50"
    assert main(flags.split()) == 0
    found = json.loads(Path("m.json").read_text())
    for letter, name in (("A", "a"), ("B", "b"), ("C", "c")):
        value = found["measures"][letter]["all"]["auroc"]["value"]
        assert value == pytest.approx(auroc(TRUTH, RUNS[name]))
    tested = found["differences"]["C"]["all"]
    delong = auroc_difference(TRUTH, RUNS["a"], RUNS["c"])
    mcnemar = accuracy_difference(right(RUNS["a"]), right(RUNS["c"]))
    assert tested["auroc"]["difference"] == pytest.approx(delong.difference)
    assert (tested["auroc"]["p"], tested["accuracy"]["p"]) == (delong.p, mcnemar.p)
    assert tested["auroc"]["p_holm"] == max(
        delong.p, 2 * found["differences"]["B"]["all"]["auroc"]["p"]
    )
    assert list(found["differences"]["B"]) == ["all", "en", "ta"]
    assert found["differences"]["B"]["ta"]["rows"] == 10


def test_two_submissions_need_no_correction(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("a b --stdin in.csv --labels labels.csv --draws 20 --rows 2".split()) == 0
    out = capsys.readouterr().out
    assert "Holm" not in out
    assert out.startswith("A = a\nB = b\n")
    delong = auroc_difference(TRUTH, RUNS["a"], RUNS["b"])
    line = next(one for one in out.splitlines() if one.startswith("all        auroc"))
    assert line.split()[2:6] == [
        "40",
        f"{delong.a:.4f}",
        f"{delong.b:.4f}",
        f"{delong.difference:+.4f}",
    ]


def test_the_widest_differences_come_first_and_all_are_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = list(RUNS["a"])
    values[3], values[7] = 1 - values[3], round(values[7] - 0.01, 4)
    write_rows(folder / "b", values)
    assert main("a b --stdin in.csv --labels labels.csv --draws 20 --output d.csv".split()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4] == "rows that differ: 2; the widest 2:"
    assert lines[-2].split()[:2] == ["4", "1"]
    assert lines[-2].endswith("/images/3.png")
    assert lines[-1].endswith("/images/7.png")
    with Path("d.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["path"], row["label"]) for row in rows] == [
        ("4", "/images/3.png", "1"),
        ("8", "/images/7.png", "1"),
    ]
    assert float(rows[0]["A_proba"]) == RUNS["a"][3]
    assert float(rows[0]["B_proba"]) == pytest.approx(1 - RUNS["a"][3])


def test_without_labels_how_alike_they_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(folder / "b", [1 - one for one in RUNS["a"]])
    write_rows(folder / "c", RUNS["a"])
    assert main("a b c --stdin in.csv --rows 0 --output d.jsonl".split()) == 0
    out = capsys.readouterr().out
    assert "B and A: rank correlation (Spearman) -1.000, the same label in 0.0%" in out
    assert "C and A: rank correlation (Spearman) 1.000, the same label in 100.0%" in out
    assert f"rows that differ: {COUNT}\n" in out
    first = json.loads(Path("d.jsonl").read_text().splitlines()[0])
    assert set(first) == {"line", "path", "spread"} | {
        f"{letter}_{part}" for letter in "ABC" for part in ("proba", "label")
    }


def test_constant_answers_and_no_rows_at_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(folder / "b", [0.5] * COUNT)
    assert main("b b --stdin in.csv --labels labels.csv --draws 20".split()) == 0
    assert "rank correlation (Spearman) -, the same label in 100.0%" in capsys.readouterr().out
    for name in ("in.csv", "a", "b"):
        Path(name).write_text("")
    assert main("a b --stdin in.csv --labels labels.csv".split()) == 0
    assert "rows that differ: 0\n" in capsys.readouterr().out


def test_one_class_has_no_delong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("ones").write_text("1\n" * COUNT)
    assert main("a b --stdin in.csv --labels ones --draws 20".split()) == 0
    assert "needs two rows of each class" in capsys.readouterr().out


def test_folders_bring_their_own_stdin(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("x", "y"):
        Path(name).mkdir()
        Path(name, "stdin.csv").write_bytes(Path("in.csv").read_bytes())
        write_rows(folder / name / "stdout.csv", RUNS["a"])
    assert main(["x", "y"]) == 0
    assert "A = x/stdout.csv" in capsys.readouterr().out
    Path("y/stdin.csv").write_text("/images/other.png\n")
    assert main(["x", "y"]) == 2
    assert "y/stdin.csv asks other lines than x/stdin.csv" in capsys.readouterr().err


def test_what_would_be_refused_is_not_compared(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("b").open("a") as file:
        file.write("Done.\n")
    Path("c").write_text("")
    assert main("a b c --stdin in.csv --output d.csv".split()) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("B = b: Output Format Error: line 41: 'Done.' is text that is no row")
    assert out[1].startswith("C = c: Output Format Error: line 1: the file is empty")
    assert not Path("d.csv").exists()


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        ("a --stdin in.csv", "1 given; compare 2 to 26 runs"),
        ("a b", "no --stdin, and no run is a folder that holds stdin.csv"),
        ("a b --stdin absent", "absent: cannot be read"),
        ("a absent --stdin in.csv", "absent: cannot be read"),
        ("a . --stdin in.csv", "stdout.csv: cannot be read"),
        ("a b --stdin in.csv --output d.txt", "end its name with .csv or .jsonl"),
        ("a b --stdin in.csv --draws 0", "give --draws 1 or more"),
        ("a b --stdin in.csv --labels in.csv", "no header that names an image and a label"),
    ],
)
def test_mistakes_are_one_line(
    folder: Path, flags: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert complaint in err
    assert err.startswith("compare: ")
    assert err.count("\n") == 1


def test_a_path_cannot_move_the_cursor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Path("in.csv").read_bytes().replace(b"/images/0.png", b"/\x1b[2J\xff.png")
    Path("in.csv").write_bytes(lines)
    assert main("a b --stdin in.csv --rows 40 --output d.csv".split()) == 0
    out = capsys.readouterr().out
    assert r"/\x1b[2J\udcff.png" in out
    assert "\x1b" not in out
    assert b"/\x1b[2J\xff.png" in Path("d.csv").read_bytes()


def test_holm_steps_down() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
