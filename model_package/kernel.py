"""How GPTQ weights are best computed with, decided by facts of the machine and the model alone.

Scoring is prefill: thousands of tokens a forward pass, bound by arithmetic. Plain matrices then
run as fast as the hardware multiplies, while a 4-bit kernel unpacks the same weights for each
tile again. So weights are unpacked at load where they fit. Where they do not: GPTQModel's
kernels, if this card and this machine can build them; or else they are unpacked layer by layer
inside the forward pass, which needs nothing, and whose cost the tokens of a batch share.
"""

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from model_package.hardware import free_memory
from model_package.tensors import Size

if TYPE_CHECKING:
    import torch

GPU_ROOM = 4 * 2**30  # bytes for the captioner, activations, keys and values
CPU_ROOM = 2**30
MARLIN = (7, 5)  # the least compute capability that GPTQModel builds Marlin for


@dataclass(frozen=True)
class Machine:
    """What the choice depends on.

    free: bytes, where the model will lie. capability: of the GPU, as CUDA counts. builds:
    whether GPTQModel is here, and a compiler for its kernels.
    """

    gpu: bool
    free: int
    capability: tuple[int, int] = (0, 0)
    builds: bool = False


def choose(machine: Machine, size: Size, width: int) -> str:
    """`unpack`, `packed` or `gptqmodel` (profile.py) for a model of `size`.

    width: bytes of an unpacked value, 2 in half precision.
    """
    unpacked = size.parameters * width
    if not machine.gpu:  # the packed weights lie beside the unpacked ones while that goes on
        fits = unpacked + size.bytes + CPU_ROOM <= machine.free
        return "unpack" if fits else "packed"
    if unpacked + GPU_ROOM <= machine.free:
        return "unpack"
    return "gptqmodel" if machine.builds and machine.capability >= MARLIN else "packed"


def survey(device: "torch.device") -> Machine:
    """What `device` is, and what is free of it now."""
    if device.type != "cuda":
        return Machine(gpu=False, free=free_memory())
    import torch  # noqa: PLC0415

    free, _ = torch.cuda.mem_get_info(device)
    return Machine(True, free, torch.cuda.get_device_capability(device), _builds())


def _builds() -> bool:
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    compiler = shutil.which("nvcc") or (Path(home) / "bin" / "nvcc").is_file()
    return find_spec("gptqmodel") is not None and bool(compiler)
