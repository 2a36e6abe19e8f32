"""Records survive a Hugging Face data set on disk and as Parquet; study rows stay at home."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_preparation.publish import from_table, load, main, to_table
from data_preparation.record import Record, read_records, write_records

TEXT = st.none() | st.text(max_size=8)
CHATS = st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": st.text(max_size=8)}))
RECORDS = st.builds(
    Record,
    id=st.text(max_size=8),
    text=TEXT,
    caption=TEXT,
    label=st.sampled_from([None, 0, 1]),
    messages=st.none() | CHATS.map(tuple),
)

ROWS = [
    Record("a/1", "a cat", "你好\nவணக்கம்", "zh", 1, "race", "a", "MIT", "g", "i.png", "because"),
    Record("a/2", messages=({"role": "user", "content": "hi"}, {"role": "x", "content": ""})),
    Record("a/3", text="", label=0, messages=()),
]


@settings(max_examples=30, deadline=None)
@given(st.lists(RECORDS))
def test_records_survive_a_table(records: list[Record]) -> None:
    assert list(from_table(to_table(records))) == records


def test_records_survive_the_disk_and_parquet(tmp_path: Path) -> None:
    write_records(tmp_path / "train.jsonl", ROWS)
    write_records(tmp_path / "validation.jsonl", ROWS[:1])
    files = [str(tmp_path / f"{name}.jsonl") for name in ("train", "validation")]
    out = tmp_path / "out"
    assert main(["--input", *files, "--output", str(out)]) == 0
    assert load(out) == {"train": ROWS, "validation": ROWS[:1]}
    assert load(out / "parquet" / "train.parquet") == {"train": ROWS}
    manifest = json.loads((out / "run.json").read_bytes())
    assert manifest["metrics"] == {"train": 3, "validation": 1}
    assert manifest["seconds"] >= 0
    back = tmp_path / "back"
    assert main(["--back", "--input", str(out), "--output", str(back)]) == 0
    assert list(read_records(back / "train.jsonl")) == ROWS
    assert (back / "train.jsonl").read_bytes() == (tmp_path / "train.jsonl").read_bytes()


def test_rows_for_study_only_are_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_records(tmp_path / "a.jsonl", [Record("1", text="x", source="toxicn_mm")])
    flags = ["--input", str(tmp_path / "a.jsonl"), "--output", str(tmp_path / "out")]
    assert main(flags) == 2
    said = capsys.readouterr().err
    assert said == "publish: rows of toxicn_mm are for study only: nothing of it is shared\n"
    assert not (tmp_path / "out").exists()
    assert main([*flags, "--study"]) == 0


def test_a_folder_without_data_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--back", "--input", str(tmp_path), "--output", str(tmp_path / "o")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"publish: {tmp_path}: no data set that can be read: ")
    assert len(said.splitlines()) == 1
