"""The size of a model by its files' headers is that of the model."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from transformers import BlipForConditionalGeneration

from model_package.errors import UserError
from model_package.gptq import load_causal_lm
from model_package.profile import WEIGHTS
from model_package.tensors import Size, measure


def test_parameters_are_those_of_the_models() -> None:
    folder = WEIGHTS / "pocket"
    models: dict[str, Any] = {
        "lm": load_causal_lm(folder / "lm", "unpack", torch.float32, torch.device("cpu")),
        "captioner": BlipForConditionalGeneration.from_pretrained(folder / "captioner"),
    }
    for name, model in models.items():
        size = measure(folder / name)
        assert size.parameters == sum(one.numel() for one in model.parameters())
        assert size.bytes == (folder / name / "model.safetensors").stat().st_size


def test_packed_matrices_count_as_plain_ones_and_files_add_up(tmp_path: Path) -> None:
    packed = {"a.qweight": torch.zeros(4, 8, dtype=torch.int32)}  # 4 bits: 32 x 8
    packed |= {"a.scales": torch.zeros(1, 8), "a.qzeros": torch.zeros(1, 1, dtype=torch.int32)}
    save_file(packed, tmp_path / "one.safetensors")
    save_file({"b.weight": torch.zeros(3, 5)}, tmp_path / "two.safetensors")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "quantize_config.json").write_text(json.dumps({"bits": 4}))
    size = sum(file.stat().st_size for file in tmp_path.glob("*.safetensors"))
    assert measure(tmp_path) == Size(32 * 8 + 15, size)


@pytest.mark.parametrize("data", [b"", b"\xff" * 99, b"\2\0\0\0\0\0\0\0[]"])
def test_another_file_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(UserError, match="is no safetensors file"):
        measure(tmp_path)
