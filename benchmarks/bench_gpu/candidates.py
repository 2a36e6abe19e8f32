"""Every way to compute with GPTQ weights, timed on the same prompts, one after the other."""

import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.bench_gpu.known import settle
from model_package.evidence import Evidence
from model_package.policy import Policy
from model_package.profile import LanguageModel
from model_package.score import load_scorer

PLAIN = ("unpack", "packed")
BUILT = ("gptqmodel:gptq_marlin", "gptqmodel:gptq_triton", "gptqmodel:gptq_exllama_v2")
TRIES = 3
TOLERANCE = 1.1  # times the fastest that the automatic choice may take


def names(device: torch.device) -> tuple[str, ...]:
    """The ways that `device` may know."""
    return PLAIN + (BUILT if device.type == "cuda" else ())


def measure(
    folder: Path,
    settings: LanguageModel,
    policy: Policy,
    evidences: Sequence[Evidence],
    device: torch.device,
) -> dict[str, dict[str, Any]]:
    """By name: `load` and the `seconds` of each try, or what `failed`."""
    found: dict[str, dict[str, Any]] = {}
    for name in names(device):
        try:
            found[name] = _one(folder, replace(settings, kernel=name), policy, evidences, device)
        except Exception as error:  # not installed, not built, no memory: all are answers
            reason = (str(error).splitlines() or [""])[0][:200]
            found[name] = {"failed": f"{type(error).__name__}: {reason}"}
        _forget(device)
        print(f"{name}: {found[name]}", file=sys.stderr)
    return found


def _one(
    folder: Path,
    settings: LanguageModel,
    policy: Policy,
    evidences: Sequence[Evidence],
    device: torch.device,
) -> dict[str, Any]:
    start = time.perf_counter()
    scorer = load_scorer(folder, settings, policy, device)
    settle(device)
    load = time.perf_counter() - start
    seconds = []
    for _ in range(TRIES + 1):  # the first one builds what is built at first use
        start = time.perf_counter()
        scorer.score(evidences)
        settle(device)
        seconds.append(time.perf_counter() - start)
    return {"load": load, "seconds": seconds[1:]}


def _forget(device: torch.device) -> None:
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def fault(found: dict[str, dict[str, Any]], chosen: str) -> str:
    """What is wrong with the automatic choice; empty where nothing is."""
    took = {name: min(one["seconds"]) for name, one in found.items() if "seconds" in one}
    mine = next((name for name in took if name.partition(":")[0] == chosen), None)
    if mine is None:
        return f"{chosen} was chosen, but does not work here"
    best = min(took, key=lambda name: took[name])
    if took[mine] <= TOLERANCE * took[best]:
        return ""
    return f"{chosen} was chosen, but takes {took[mine] / took[best]:.2f} times as long as {best}"
