"""Writes models of a shape with random weights, as folders that any loader takes.

Speed does not depend on the values. Tokenizers are those of pocket. The language model is in the
layout of GPTQ checkpoints (see model_package/gptq.py): 4 bits, no reordering, zeros in the middle.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from benchmarks.bench_gpu.shapes import Shape
from model_package.profile import WEIGHTS

BITS = 4
SPREAD = 0.02  # standard deviation of all weights
SCALE = SPREAD / 4.61  # a step: the standard deviation of 16 even levels is 4.61 of them
ZEROS = 0x77777777  # eight zeros of 8, each stored as one less
QUANTIZATION = {
    "quant_method": "gptq",
    "checkpoint_format": "gptq",
    "bits": BITS,
    "desc_act": False,
    "sym": True,
    "lm_head": False,
    "pack_dtype": "int32",
    "meta": {"quantizer": ["gptqmodel:7.6.0"]},
}


def write(folder: Path, shape: Shape, device: torch.device) -> None:
    """`folder/lm` and `folder/captioner`; numbers are drawn on `device`."""
    torch.manual_seed(0)
    write_language_model(folder / "lm", shape, device)
    write_captioner(folder / "captioner", shape)


def write_language_model(folder: Path, shape: Shape, device: torch.device) -> None:
    """A file a layer, and one for the rest, with an index."""
    _copy(folder, "lm", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
    config = {
        "architectures": ["MistralForCausalLM"],
        "model_type": "mistral",
        "vocab_size": shape.vocab,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.hidden // shape.heads,
        "max_position_embeddings": 8192,
        "sliding_window": None,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 3,
        "pad_token_id": 0,
        "dtype": "float16",
        "quantization_config": {**QUANTIZATION, "group_size": shape.group},
    }
    _write_json(folder / "config.json", config)
    places = _save(folder, "model-rest.safetensors", _rest(shape, device))
    for number in range(shape.layers):
        name = f"model-{number:03}.safetensors"
        places |= _save(folder, name, _layer(shape, number, device))
    _write_json(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": places})


def _save(folder: Path, name: str, tensors: dict[str, Tensor]) -> dict[str, str]:
    """The file of each tensor, for the index."""
    save_file(tensors, folder / name, metadata={"format": "pt"})
    return dict.fromkeys(tensors, name)


def _rest(shape: Shape, device: torch.device) -> dict[str, Tensor]:
    table = (shape.vocab, shape.hidden)
    return {
        "model.embed_tokens.weight": _normal(table, device),
        "model.norm.weight": torch.ones(shape.hidden, dtype=torch.float16),
        "lm_head.weight": _normal(table, device),
    }


def _layer(shape: Shape, number: int, device: torch.device) -> dict[str, Tensor]:
    root = f"model.layers.{number}"
    found = {
        f"{root}.{name}.weight": torch.ones(shape.hidden, dtype=torch.float16)
        for name in ("input_layernorm", "post_attention_layernorm")
    }
    for name, (inputs, outputs) in shape.matrices().items():
        packed = _packed(inputs, outputs, shape.group, device)
        found |= {f"{root}.{name}.{part}": tensor for part, tensor in packed.items()}
    return found


def _packed(inputs: int, outputs: int, group: int, device: torch.device) -> dict[str, Tensor]:
    per = 32 // BITS
    words = (inputs // per, outputs)
    levels = torch.randint(-(2**31), 2**31, words, device=device, dtype=torch.int32)
    groups = inputs // group
    return {
        "qweight": levels.cpu(),
        "qzeros": torch.full((groups, outputs // per), ZEROS, dtype=torch.int32),
        "scales": torch.full((groups, outputs), SCALE, dtype=torch.float16),
        "g_idx": (torch.arange(inputs) // group).int(),
    }


def _normal(size: tuple[int, int], device: torch.device) -> Tensor:
    return (torch.randn(size, device=device) * SPREAD).half().cpu()


def write_captioner(folder: Path, shape: Shape) -> None:
    """BLIP by transformers' own initialisation, in half precision."""
    from transformers import BlipConfig, BlipForConditionalGeneration  # noqa: PLC0415

    _copy(folder, "captioner", "tokenizer.json", "tokenizer_config.json")
    known = json.loads((WEIGHTS / "pocket/captioner/config.json").read_text())["text_config"]
    config = BlipConfig(
        text_config={
            **{name: value for name, value in known.items() if name.endswith("_token_id")},
            "vocab_size": shape.says_vocab,
            "hidden_size": shape.says_hidden,
            "encoder_hidden_size": shape.sees_hidden,
            "intermediate_size": 4 * shape.says_hidden,
            "num_hidden_layers": shape.says_layers,
            "num_attention_heads": shape.says_heads,
            "is_decoder": True,
        },
        vision_config={
            "hidden_size": shape.sees_hidden,
            "intermediate_size": 4 * shape.sees_hidden,
            "num_hidden_layers": shape.sees_layers,
            "num_attention_heads": shape.sees_heads,
            "image_size": shape.side,
            "patch_size": shape.patch,
        },
    )
    BlipForConditionalGeneration(config).half().save_pretrained(folder)
    picture = json.loads((WEIGHTS / "pocket/captioner/preprocessor_config.json").read_text())
    size = {"height": shape.side, "width": shape.side}
    _write_json(folder / "preprocessor_config.json", {**picture, "size": size})


def _copy(folder: Path, model: str, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(WEIGHTS / "pocket" / model / name, folder / name)


def _write_json(file: Path, value: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
