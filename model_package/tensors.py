"""How large a model is, by the headers of its safetensors files; reads no weights, needs no torch.

A safetensors file begins with the length of a JSON header (8 bytes, little-endian) and that
header, which names each tensor with its type, shape and place.
"""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from model_package.errors import UserError

BESIDE = ("qzeros", "scales", "g_idx")  # of a packed matrix, and no parameters of their own


@dataclass(frozen=True)
class Size:
    """parameters: as plain matrices, packed ones too. bytes: as they lie on disk."""

    parameters: int
    bytes: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.parameters + other.parameters, self.bytes + other.bytes)


def measure(folder: Path) -> Size:
    """The size of the model in `folder`; Raises `UserError` for a file that is no safetensors."""
    bits = _bits(folder)
    whole = Size(0, 0)
    for file in sorted(folder.glob("*.safetensors")):
        whole += Size(sum(_count(*one, bits) for one in _header(file)), file.stat().st_size)
    return whole


def _header(file: Path) -> list[tuple[str, list[int]]]:
    """Name and shape of each tensor."""
    try:
        with file.open("rb") as source:
            size = int.from_bytes(source.read(8), "little")
            if size > file.stat().st_size:
                raise ValueError("its header is longer than the file")
            told: dict[str, Any] = json.loads(source.read(size))
        return [(name, one["shape"]) for name, one in told.items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{file} is no safetensors file: {error}") from error


def _count(name: str, shape: list[int], bits: int) -> int:
    kind = name.rpartition(".")[2]
    if kind in BESIDE:
        return 0
    return prod(shape) * 32 // bits if kind == "qweight" else prod(shape)


def _bits(folder: Path) -> int:
    """Of each value in a packed matrix."""
    for name in ("config.json", "quantize_config.json"):
        told = _json(folder / name)
        told = told.get("quantization_config", told)
        if isinstance(told, dict) and isinstance(told.get("bits"), int) and told["bits"] > 0:
            return int(told["bits"])
    return 32


def _json(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
