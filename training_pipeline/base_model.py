"""The model that tuning begins with, in 4 bits where QLoRA wants that, and its tokenizer."""

import json
from pathlib import Path
from typing import Any

import torch

from model_package.errors import UserError
from model_package.gptq import check_tensors
from training_pipeline.cli import stdout_to_stderr
from training_pipeline.fit import half_precision
from training_pipeline.settings import Adapter


def load_base(folder: Path, adapter: Adapter, half: bool) -> Any:
    """The causal LM in `folder`, as `adapter` wants it: in 4 bits for QLoRA.

    Frozen weights on a GPU are in half precision; weights that are trained are in float32.
    """
    from transformers import AutoModelForCausalLM  # noqa: PLC0415

    compute = (half_precision() if half else None) or torch.float32
    frozen = adapter.kind == "qlora" or (adapter.kind == "lora" and torch.cuda.is_available())
    try:
        with stdout_to_stderr():
            model, loaded = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=compute if frozen else torch.float32,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                **(_four_bits(adapter, compute) if adapter.kind == "qlora" else {}),
            )
    except (OSError, ValueError) as error:
        raise unreadable(folder, error) from error
    check_tensors(folder, loaded)
    return model


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer in `folder`."""
    from transformers import AutoTokenizer  # noqa: PLC0415

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # of no other kind does `tokenizers` raise
        raise unreadable(folder, error) from error


def check_model(folder: Path) -> Any:
    """The configuration of the causal LM in `folder`, whose tokenizer and tensors can be read too.

    Reads no tensor but its name and place; a `UserError` where anything is amiss.
    """
    from safetensors import safe_open  # noqa: PLC0415
    from transformers import AutoConfig  # noqa: PLC0415

    if not (folder / "config.json").is_file():
        raise UserError(f"{folder}: no model is there (it has no config.json)")
    load_tokenizer(folder)
    try:
        for name in _weight_files(folder):
            with safe_open(folder / name, framework="pt"):
                pass
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # each part has its own kinds, and all of them mean the folder
        raise unreadable(folder, error) from error


def _weight_files(folder: Path) -> list[str]:
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return ["model.safetensors"]
    return sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))


def unreadable(folder: Path, error: Exception) -> UserError:
    """What to tell of a folder that transformers cannot load a causal LM from."""
    reason, *_ = str(error).strip().splitlines() or [repr(error)]
    return UserError(f"{folder}: no causal LM with its tokenizer: {reason}")


def _four_bits(adapter: Adapter, compute: torch.dtype) -> dict[str, Any]:
    from accelerate import PartialState  # noqa: PLC0415
    from transformers import BitsAndBytesConfig  # noqa: PLC0415

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=adapter.double_quant,
        bnb_4bit_compute_dtype=compute,
    )
    return {"quantization_config": config, "device_map": {"": PartialState().device}}
