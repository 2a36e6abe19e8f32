"""The verb on real files: what a person sees, and the exit code."""

import json
from pathlib import Path

import pytest

from local_test.judge import main

LINES = "".join(f"/images/{n}.png\r\n" for n in range(6))
ROWS = "0.9000\t1\n0.8000\t1\n0.7000\t0\n0.5000\t0\n0.2000\t0\n0.1000\t1\n"
LABELS = "image,label,language\n" + "".join(
    f"{n}.png,{int(n < 3)},{'en' if n % 2 else 'ta'}\n" for n in range(6)
)


class Folder:
    """A folder with a submission in it, and what the verb says of it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys
        self.write("stdin.csv", LINES)
        self.write("stdout.csv", ROWS)

    def write(self, name: str, content: str | bytes) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (self.path / name).write_bytes(data)

    def judge(self, *flags: str) -> tuple[int, str, str]:
        streams = [
            "--stdin",
            str(self.path / "stdin.csv"),
            "--stdout",
            str(self.path / "stdout.csv"),
        ]
        code = main([*streams, "--output", str(self.path / "m.json"), *flags])
        return code, *self.capsys.readouterr()

    def with_labels(self, content: str | bytes) -> tuple[int, str, str]:
        self.write("labels", content)
        return self.judge("--labels", str(self.path / "labels"))

    def json(self) -> dict[str, object]:
        return dict(json.loads((self.path / "m.json").read_text()))


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Folder:
    return Folder(tmp_path, capsys)


def test_without_labels_the_rows_speak_for_themselves(folder: Folder) -> None:
    code, out, err = folder.judge()
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "accepted: 6 rows, one for each line of stdin",
        "called harmful: 3 of 6 (50.0%)",
        "probabilities: 0.1000 to 0.9000, quartiles 0.2750, 0.6000, 0.7750",
        "exactly the fallback row, 0.5000 and 0: 1",
    ]
    assert folder.json() == {
        "status": "OK",
        "rows": 6,
        "called_harmful": 3,
        "quartiles": pytest.approx([0.1, 0.275, 0.6, 0.775, 0.9]),
        "fallbacks": 1,
    }


def test_a_submission_that_would_be_refused_is_exit_code_1(folder: Folder) -> None:
    folder.write("stdout.csv", ROWS.replace("0.7000\t0", "0.700\t0"))
    code, out, _ = folder.with_labels(LABELS)
    assert code == 1
    assert out == (
        r"Output Format Error: line 3: '0.700\t0' has fewer than four decimals; "
        "allowed: exactly four decimals, 0.0000 to 1.0000\n"
    )
    assert (folder.json()["status"], folder.json()["line"]) == ("Output Format Error", 3)


def test_measures_whole_and_by_language(folder: Folder) -> None:
    code, out, _ = folder.with_labels(LABELS)
    found = folder.json()["labels"]
    assert code == 0
    assert isinstance(found, dict)
    assert (found["unlabelled"], found["unused_labels"], found["draws"]) == (0, 0, 1000)
    assert found["all"]["auroc"]["value"] == 1
    assert found["all"]["accuracy"]["value"] == pytest.approx(4 / 6)
    assert 0 <= found["all"]["accuracy"]["low"] < 4 / 6 < found["all"]["accuracy"]["high"] <= 1
    assert {name: one["rows"] for name, one in found["slices"]["language"].items()} == {
        "en": 3,
        "ta": 3,
    }
    assert found["slices"]["language"]["en"]["accuracy"]["value"] == pytest.approx(2 / 3)
    assert found["slices"]["source"] == {}
    titles = "rows  harmful  AUROC  accuracy  average precision  F1  ECE"
    table = [line for line in out.splitlines() if line.split() == titles.split()]
    assert len(table) == 2
    assert "accuracy of the printed\nlabels breaks ties between entrants" in out


def test_rows_of_one_group_are_drawn_together(folder: Folder) -> None:
    """The labels' own column says which: five rows of one template, and one of its own."""
    rows = LABELS.splitlines()
    grouped = [f"{rows[0]},group", *(f"{row},template" for row in rows[1:-1]), f"{rows[-1]},"]
    folder.with_labels("\n".join(grouped))
    found = folder.json()["labels"]
    assert isinstance(found, dict)
    assert (found["all"]["rows"], found["all"]["groups"]) == (6, 2)
    assert found["all"]["note"] == "few groups: 1 harmful, 2 benign"


def test_auroc_is_of_the_printed_ranks_and_accuracy_of_the_printed_labels(folder: Folder) -> None:
    folder.write("stdout.csv", "0.5000\t1\n0.5000\t1\n0.4000\t1\n0.5000\t0\n0.9000\t0\n0.9000\t0\n")
    folder.with_labels(LABELS)
    found = folder.json()["labels"]
    assert isinstance(found, dict)
    assert found["all"]["auroc"]["value"] == pytest.approx((0.5 + 0.5 + 0) / 9)
    assert found["all"]["accuracy"]["value"] == 1


def test_one_class_alone_has_no_auroc(folder: Folder) -> None:
    code, out, _ = folder.with_labels("1\n" * 6)
    assert code == 0
    assert "AUROC needs both classes: no benign rows" in out
    assert out.splitlines()[6].split()[:5] == ["all", "6", "6", "-", "0.500"]


def test_what_is_left_out_is_said(folder: Folder) -> None:
    _, out, _ = folder.with_labels("image,label\n0.png,1\n5.png,0\nother.png,0\n")
    assert "left out: 4 rows have no label; 1 labels are for no row" in out


def test_no_lines_need_no_rows(folder: Folder) -> None:
    folder.write("stdin.csv", "")
    folder.write("stdout.csv", "")
    code, out, _ = folder.with_labels(LABELS)
    assert code == 0
    assert out.splitlines() == [
        "accepted: 0 rows, one for each line of stdin",
        "left out: 0 rows have no label; 6 labels are for no row",
    ]


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("", "labels holds no labels; give JSON Lines, CSV or TSV with a header"),
        ("1\n0\n", "2 labels, 6 lines of stdin; a bare column needs one for each"),
        ("0\n1\n0\n1\n2\n0\n", "labels:5: the label '2' is neither 0 (benign) nor 1 (harmful)"),
        ("a.png,1\n", "labels: no header that names an image and a label"),
        ("image,label\n0.png,1\n1.png,yes\n", "labels:3: the label 'yes' is neither 0"),
        ("image,label\n,1\n", "labels:2: no image; give one of image, path, img, filename, id"),
        ("image,label\nz.png,1\n", "no label is for a line of stdin; name images as stdin does"),
        ("image,label\n0.png,1\n0.png,0\n", "labels:3: '0.png' is labelled 0; line 2 has 1"),
        ('{"image": "0.png", "label": 1}\n{"ima', "labels:2: no JSON object"),
        ('{"image": "0.png", "label": true}\n', "labels:1: the label True is neither 0"),
        ('{"image": "0.png", "label": 1.0}\n', "labels:1: the label 1.0 is neither 0"),
        ('{"image": ["0.png"], "label": 1}\n', "labels:1: no image; give one of image, path"),
        ('{"x": ' + "[" * 100_000, "labels:1: no JSON object"),
        (f"image,label\n{'x' * 200_000},1\n", "labels:2: no line of a table: field larger"),
        ('{"id": "0", "label": 1}\n[1]\n', "labels:2: no JSON object; one record a line"),
    ],
)
def test_bad_labels_are_one_line(folder: Folder, labels: str, complaint: str) -> None:
    code, out, err = folder.with_labels(labels)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.startswith("judge: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--stdout", "absent.csv"], "absent.csv: cannot be read: No such file"),
        (["--stdin", "absent.csv"], "absent.csv: cannot be read: No such file"),
        (["--labels", "absent.csv"], "absent.csv: cannot be read: No such file"),
        (["--stdout", "."], ".: cannot be read: Is a directory"),
        (["--draws", "0"], "--draws 0: give 1 or more"),
        (["--output", "."], ". is a folder; name a file to write"),
    ],
)
def test_mistakes_are_one_line(folder: Folder, flags: list[str], complaint: str) -> None:
    code, out, err = folder.judge(*flags)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1
