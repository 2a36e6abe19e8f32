"""The machine: what it is, what else runs on it, and how fast it multiplies and moves bytes."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from data_preparation.manifest import versions
from model_package.hardware import cpu_count
from model_package.swift import Swift

LIBRARIES = ("torch", "transformers", "rapidocr", "onnxruntime", "tesserocr", "pillow")
SIDE = {"cpu": 1024, "cuda": 8192}  # of the square matrices
WORDS = {"cpu": 32 * 2**20, "cuda": 2**28}  # float32 that are copied
TRIES = 5  # the best counts: other work on the machine only slows it


def describe(device: torch.device) -> dict[str, Any]:
    """Processor, accelerator, threads, versions and the load of the last minute."""
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {
        "processor": _processor(),
        "accelerator": card,
        "processors": cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "load": load(),
        "versions": versions(LIBRARIES),
    }


def load() -> float:
    """Processes that wanted to run, averaged over the last minute."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    words = dict(line.split(":", 1) for line in lines if ":" in line)
    found = {key.strip(): value.strip() for key, value in words.items()}
    parts = [part for part in ("amx_bf16", "avx512_bf16", "avx512f", "avx2") if part in str(found)]
    name = f"{found.get('model name', 'unknown')} family {found.get('cpu family', '?')}"
    return f"{name}, {parts[0] if parts else 'no AVX'}"


def ceiling(dtype: torch.dtype, device: torch.device) -> float:
    """Operations a second of a matrix product on all processors, the best of a few: 2 n^3 over
    the seconds. In single precision on a CPU, by the faster of torch's own library and oneDNN.
    """
    torch.set_num_threads(cpu_count())
    side = SIDE[device.type]
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    seconds = best(lambda: a @ b, device)
    if device.type == "cpu" and dtype == torch.float32:
        with torch.inference_mode():
            swift = Swift(torch.nn.Linear(side, side, bias=False))
            seconds = min(seconds, best(lambda: swift(a), device))
    return float(2 * side**3 / seconds)


def bandwidth(device: torch.device) -> float:
    """Bytes a second that a copy reads and writes."""
    source = torch.ones(WORDS[device.type], device=device)
    target = torch.empty_like(source)
    return 2 * 4 * source.numel() / best(lambda: target.copy_(source), device)


def best(work: Callable[[], Any], device: torch.device) -> float:
    """Seconds of the fastest of a few tries, after one that does not count."""
    found = []
    for _ in range(TRIES + 1):
        start = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        found.append(time.perf_counter() - start)
    return min(found[1:])
