"""What a test set knows is not trained on: the text, the like of it, or its translation."""

from pathlib import Path

from data_preparation.cleaning.decontaminate import drop_known, read_test_sets
from data_preparation.cleaning.steps import apply_steps
from data_preparation.record import Record, write_records

LONG = "foreigners come here and take every job that we were promised by the minister"


def test_known_rows_go_with_the_name_of_the_test_row(tmp_path: Path) -> None:
    known = [
        Record("t1", text="Go home!", group="g1"),
        Record("t2", text=LONG),
        Record("t3", caption="a dog in a red coat"),
    ]
    write_records(tmp_path / "test.jsonl", known)
    rows = [
        Record("a", text="go  HOME", label=0),
        Record("b", text=f"{LONG} again"),
        Record("c", text="回家", group="g1"),
        Record("d", caption="A dog in a red coat."),
        Record("e", text="something else", caption="a dog in a red coat"),
        Record("f", text="!!"),
    ]
    found = apply_steps(rows, [drop_known(read_test_sets([tmp_path / "test.jsonl"], 0.8))])
    assert {one.record.id: one.reason for one in found.dropped} == {
        "a": "in the test set: test.jsonl: t1",
        "b": "near the test set: test.jsonl: t2",
        "c": "in one group with the test set: test.jsonl: t1",
        "d": "in the test set: test.jsonl: t3",
    }
    assert [row.id for row in found.kept] == ["e", "f"]
