"""What is no prediction is not written, not even in part."""

import os

import pytest

from model_package.log import Log
from model_package.output import Output
from model_package.policy import load_policy
from model_package.promise import Due, Row

WHOLE = {"proba": 0.25, "label": 0, "fallback": None}


def test_a_prediction_is_a_row() -> None:
    source, sink = os.pipe()
    output = Output(sink, load_policy("ospc"), None, Log(sink), Due())
    output.answer(Row(1, "a.png"), WHOLE)
    assert os.read(source, 99) == b"0.2500\t0\n"


@pytest.mark.parametrize("missing", WHOLE)
def test_without_all_its_parts_nothing_is_written(missing: str) -> None:
    source, sink = os.pipe()
    output = Output(sink, load_policy("ospc"), None, Log(sink), Due())
    with pytest.raises(KeyError):
        output.answer(Row(1, "a.png"), {key: WHOLE[key] for key in WHOLE if key != missing})
    os.close(sink)
    assert os.read(source, 99) == b""
