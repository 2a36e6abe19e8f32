"""The whole command: files in, files out, all rows accounted for, and one-line errors."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from data_preparation.clean import main
from data_preparation.record import Record, read_records, write_records

TEXTS = {
    "en": "Nobody wants the people from number {} here",
    "zh": "没有人想要{}号来的人在这里",
    "ms": "Tidak ada orang yang mahu mereka dari nombor {} di sini",
    "ta": "எண் {} இலிருந்து வந்தவர்களை இங்கே யாரும் விரும்பவில்லை",
}
WORDS = "apple river stone cloud tiger paper music salt glass night bread wheel".split()


def made() -> list[Record]:
    rows = []
    for number, word in enumerate(WORDS * 10):
        name = f"{word} {hashlib.sha256(str(number).encode()).hexdigest()[:24]}"
        for language, text in TEXTS.items():
            key = f"{language}/{number}"
            values = {"text": text.format(name), "language": language, "label": number % 2}
            rows.append(Record(key, group=f"g{number}", category=word, **values))  # type: ignore[arg-type]
    return rows


@pytest.fixture
def cleaned(tmp_path: Path) -> Path:
    rows = made()
    spoilt = [
        Record("copy", text=rows[0].text, language="en", label=0),
        Record("gloss", text="大家好啊朋友们 (hello friends)", language="zh", label=0),
        Record("wrong", text="எண் இங்கே", language="zh", label=0),
        Record("empty", text=" \u200b", label=1),
        Record("known", text="a text that a test set has", language="en", label=1),
    ]
    write_records(tmp_path / "a.jsonl", rows)
    write_records(tmp_path / "b.jsonl", spoilt)
    write_records(tmp_path / "test.jsonl", [Record("t", text="A text that a test set has!")])
    files = ["--input", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    against = ["--against", str(tmp_path / "test.jsonl")]
    assert main([*files, *against, "--output", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def test_every_row_is_in_one_file(cleaned: Path) -> None:
    train, held = (list(read_records(cleaned / f"{n}.jsonl")) for n in ("train", "validation"))
    lines = (cleaned / "dropped.jsonl").read_text(encoding="utf-8").splitlines()
    gone = {
        one["record"]["id"]: f"{one['step']}: {one['reason']}" for one in map(json.loads, lines)
    }
    assert gone == {
        "copy": "exact duplicate: exact duplicate of en/0",
        "wrong": "language: not Chinese: mostly tamil script",
        "empty": "normalise: nothing left after normalising",
        "known": "decontaminate: in the test set: test.jsonl: t",
    }
    assert len(train) + len(held) + len(gone) == 485
    assert 20 < len(held) < 90
    assert not {row.group for row in train} & {row.group for row in held}
    assert {row.text for row in (*train, *held) if row.id == "gloss"} == {"大家好啊朋友们"}


def test_the_report_and_the_manifest_count_the_same(cleaned: Path) -> None:
    manifest = json.loads((cleaned / "run.json").read_text(encoding="utf-8"))
    report = json.loads((cleaned / "report.json").read_text(encoding="utf-8"))
    metrics = manifest["metrics"]
    assert (metrics["rows"], metrics["dropped"]) == (485, 4)
    assert metrics["train"] == report["train"]["rows"]
    assert metrics["train"] + metrics["validation"] == 481
    assert metrics["dropped_by"]["near-duplicate"] == 0
    assert set(report["train"]["language"]) == set(TEXTS)
    assert manifest["settings"]["threshold"] == 0.8
    assert [Path(path).name for path in manifest["inputs"]] == ["a.jsonl", "b.jsonl", "test.jsonl"]
    assert "| zh | " in (cleaned / "report.md").read_text(encoding="utf-8")


def test_cleaning_again_gives_the_same_bytes(cleaned: Path, tmp_path: Path) -> None:
    names = ["train.jsonl", "validation.jsonl", "dropped.jsonl", "report.md"]
    before = [(cleaned / name).read_bytes() for name in names]
    files = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    against = str(tmp_path / "test.jsonl")
    assert main(["--input", *files, "--against", against, "--output", str(cleaned)]) == 0
    assert [(cleaned / name).read_bytes() for name in names] == before


@pytest.mark.parametrize(
    ("lines", "flags", "reason"),
    [
        ('{"id": "1"}\n{"id": "1"}\n', [], "the id '1' is there twice; make ids unique"),
        ('{"id": "1", "txt": ""}\n', [], r"in\.jsonl:1: unknown field 'txt'"),
        ("", ["--threshold", "0.2"], "--threshold 0.2: give 0.6 to 1"),
        ("", ["--validation", "1"], "--validation 1.0: give 0 or more, and less than 1"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, lines: str, flags: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    files = ["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out")]
    assert main([*files, *flags]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(f"clean: .*{reason}[^\n]*\n", said.err)


def test_the_command_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "data_preparation.clean", "--input"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--input: expected at least one argument" in done.stderr
