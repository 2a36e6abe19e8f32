"""A folder that no model can be read from is one line, for quantizing as for tuning."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training_pipeline.tiny import make_base
from training_pipeline.base_model import check_model
from training_pipeline.cli import main, quiet_libraries
from training_pipeline.evaluate import evaluate
from training_pipeline.quantize import quantize
from training_pipeline.train import train


@pytest.fixture
def model(tmp_path: Path) -> Path:
    quiet_libraries()
    return make_base(tmp_path / "model")


def refused(model: Path, capsys: pytest.CaptureFixture[str]) -> str:
    output = model.parent / "out"
    assert main("quantize", quantize, [*given(model), "--output", str(output)]) == 2
    assert not output.exists()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("quantize: ")
    assert len(err.splitlines()) == 1
    return err


def given(model: Path) -> list[str]:
    return ["--recipe", "smoke", "--runs", str(model.parent / "runs"), "--model", str(model)]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("config.json", "no causal LM with its tokenizer: It looks like the config file at"),
        ("tokenizer.json", "no causal LM with its tokenizer: "),
        ("model.safetensors", "no causal LM with its tokenizer: Error while deserializing header"),
        ("model.safetensors.index.json", "no causal LM with its tokenizer: "),
    ],
)
def test_rubbish_is_named(
    model: Path, file: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (model / file).write_text("rubbish", encoding="utf-8")
    assert f"{model}: {reason}" in refused(model, capsys)


def test_tuning_names_a_broken_base(
    model: Path, stand_in: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (model / "model.safetensors").write_text("rubbish", encoding="utf-8")
    monkeypatch.setenv("CORPORA_DIR", str(stand_in))
    settings = [f"base={model}", "mix=[{corpus='cold'}]", "records=[]", "held=[]"]
    given = ["--recipe", "ospc", "--runs", str(model.parent / "runs"), *settings]
    assert main("train", train, given) == 2
    reason = "no causal LM with its tokenizer: Error while deserializing header"
    assert f"train: {model}: {reason}" in capsys.readouterr().err.splitlines()[-1]


def test_evaluating_names_a_broken_model(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (model / "config.json").write_text("rubbish", encoding="utf-8")
    assert main("evaluate", evaluate, given(model)) == 2
    assert f"evaluate: {model}: no causal LM with its tokeni" in capsys.readouterr().err
    assert main("evaluate", evaluate, given(model.parent)) == 2
    assert "no model is there (it has no config.json)" in capsys.readouterr().err


def test_lost_weights_are_named(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (model / "model.safetensors").unlink()
    assert "No such file or directory" in refused(model, capsys)
    index = {"weight_map": {"lm_head.weight": "model-00001-of-00001.safetensors"}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert "model-00001-of-00001.safetensors" in refused(model, capsys)


def test_a_model_that_is_whole_is_read(model: Path) -> None:
    assert check_model(model).model_type == "mistral"
