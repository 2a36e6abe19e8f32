"""What a recipe judges by: its rows with a model's probabilities."""

from data_preparation.record import Record
from training_pipeline.answers import Answer
from training_pipeline.held import answered, by_source


def test_probabilities_are_judged_as_they_are_printed() -> None:
    records = [
        Record("a", label=1, language="en", source="mine", group="template"),
        Record("b", label=0),
    ]
    assert answered(records, [0.50004, 0.50006], threshold=0.5) == [
        Answer("a", 1, 0.5, 0, "en", "mine", "template"),
        Answer("b", 0, 0.5001, 1, "", "", ""),
    ]


def test_a_templates_rows_are_one_draw() -> None:
    """Two templates and 40 rows: the interval is as wide as the two alone make it."""
    rows = [Record(f"r{n}", label=1, source="mine", group=f"{n % 2}") for n in range(40)]
    found = by_source(rows, [0.9 if n % 2 else 0.1 for n in range(40)])["mine"]
    assert (found["rows"], found["groups"], found["note"]) == (40, 2, "no benign rows")
    assert found["accuracy"] == {"value": 0.5, "low": 0, "high": 1}
    alone = by_source([Record(one.id, label=1, source="mine") for one in rows], [0.9, 0.1] * 20)
    assert 0.3 < alone["mine"]["accuracy"]["low"] < alone["mine"]["accuracy"]["high"] < 0.7
