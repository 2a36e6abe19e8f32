"""4-bit GPTQ weights in plain torch: no kernel, no compiler, any device, any float type.

`load_causal_lm` is the one way in; how a matrix is packed, packed.py knows.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.utils.quantization_config import QuantizationConfigMixin

from model_package.errors import UserError
from model_package.packed import PackedLinear

METHOD = "memesieve-gptq"


def load_causal_lm(folder: Path, kernel: str, dtype: torch.dtype, device: torch.device) -> Any:
    """The causal LM in `folder`, in evaluation mode; GPTQ weights by `kernel`.

    kernel: of profile.py, but never `auto`; `gptqmodel:NAME` asks that library for one of its own.
    """
    library, _, name = kernel.partition(":")
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    quantization = getattr(config, "quantization_config", None) or _beside(folder)
    if quantization is not None:
        config.quantization_config = {**quantization, **({"backend": name} if name else {})}
        if library != "gptqmodel":
            config.quantization_config = _own_reader(dict(quantization), kernel, folder)
    model, loaded = AutoModelForCausalLM.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
        **({"device_map": {"": device}} if library == "gptqmodel" else {}),
    )
    check_tensors(folder, loaded)
    model.to(device)
    if quantization is not None and kernel == "unpack":
        _unpack(model)  # there, where it is fast and the host needs no room for it
    return model.eval()


def check_tensors(folder: Path, loaded: dict[str, Any]) -> None:
    """Refuse a checkpoint that left a part of its model at random values."""
    strange = [*loaded["missing_keys"], *loaded["mismatched_keys"]]
    strange += [key for key in loaded["unexpected_keys"] if key.endswith(("weight", "scales"))]
    if strange:
        first, count = min(map(str, strange)), len(strange)
        raise UserError(f"{folder}: {count} tensors do not fit the model, such as {first}")


def _unpack(model: Any) -> None:
    """Plain matrices for packed ones, a layer at a time; the model is then as any other."""
    names = [name for name, layer in model.named_modules() if isinstance(layer, PackedLinear)]
    for name in names:  # and no list of layers, which would hold the packed ones until the end
        model.set_submodule(name, model.get_submodule(name).unpacked())
    model.hf_quantizer.remove_quantization_config(model)


def _beside(folder: Path) -> dict[str, Any] | None:
    """What older quantizers wrote in a file of its own."""
    file = folder / "quantize_config.json"
    if not file.is_file():
        return None
    return {"quant_method": "gptq", **json.loads(file.read_text(encoding="utf-8"))}


def _own_reader(quantization: dict[str, Any], kernel: str, folder: Path) -> dict[str, Any]:
    if kernel not in ("unpack", "packed"):
        raise UserError(f"kernel {kernel!r} is unknown; use auto, unpack, packed or gptqmodel")
    if quantization.get("quant_method") != "gptq" or quantization.get("bits") not in (2, 4, 8):
        raise UserError(f"{folder}: only GPTQ weights of 2, 4 or 8 bits can be unpacked")
    if quantization.get("lm_head") or quantization.get("dynamic"):
        raise UserError(f"{folder}: a quantized head or mixed bits want kernel = 'gptqmodel'")
    return {
        "quant_method": METHOD,
        "bits": quantization["bits"],
        "zero_offset": 0 if quantization.get("checkpoint_format") == "gptq_v2" else 1,
        "group_size": quantization.get("group_size", -1),
    }


@register_quantization_config(METHOD)
class PackedConfig(QuantizationConfigMixin):  # type: ignore[misc]
    """What `PackedLinear` must know of a checkpoint, in the form that transformers hands on."""

    def __init__(
        self,
        bits: int = 4,
        group_size: int = 128,
        zero_offset: int = 1,
        **_: Any,
    ) -> None:
        self.quant_method = METHOD
        self.bits, self.group_size, self.zero_offset = bits, group_size, zero_offset


@register_quantizer(METHOD)
class PackedQuantizer(HfQuantizer):  # type: ignore[misc]
    """Puts `PackedLinear` where the linear layers of a decoder stood."""

    def _process_model_before_weight_loading(self, model: nn.Module, **_: Any) -> None:
        config = self.quantization_config
        head = model.get_output_embeddings()  # type: ignore[operator]
        for name, layer in list(model.named_modules()):
            if isinstance(layer, nn.Linear) and layer is not head:
                with torch.device("meta"):
                    packed = PackedLinear(layer, config.bits, config.group_size, config.zero_offset)
                model.set_submodule(name, packed)

    @property
    def is_trainable(self) -> bool:
        """These weights are for reading only."""
        return False

    def is_serializable(self, **_: Any) -> bool:
        """Packed layers are never saved again."""
        return False
