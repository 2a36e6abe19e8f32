"""Which way GPTQ weights are computed with, on the machines that it may meet."""

from pathlib import Path

import pytest
import torch

from model_package.errors import UserError
from model_package.gptq import load_causal_lm
from model_package.hardware import free_memory
from model_package.kernel import Machine, choose, survey
from model_package.packed import PackedLinear
from model_package.policy import load_policy
from model_package.profile import WEIGHTS, LanguageModel
from model_package.score import load_scorer
from model_package.tensors import Size

GB = 10**9
MISTRAL = Size(parameters=7_241_732_096, bytes=4_160_000_000)
CPU = torch.device("cpu")
LM = WEIGHTS / "pocket" / "lm"


@pytest.mark.parametrize(
    ("card", "free", "capability", "builds", "kernel"),
    [
        ("V100, 16 GB", 16.6, (7, 0), False, "packed"),
        ("V100, 16 GB, with a compiler", 16.6, (7, 0), True, "packed"),
        ("V100, 32 GB", 33.5, (7, 0), False, "unpack"),
        ("T4, 16 GB", 15.5, (7, 5), False, "packed"),
        ("T4, 16 GB, with a compiler", 15.5, (7, 5), True, "gptqmodel"),
        ("A4000, 16 GB", 16.5, (8, 6), True, "gptqmodel"),
        ("A4000, 16 GB, in the container", 16.5, (8, 6), False, "packed"),
        ("3090, 24 GB", 25.0, (8, 6), True, "unpack"),
        ("3090, half of it taken", 12.0, (8, 6), True, "gptqmodel"),
        ("H100, 80 GB", 84.0, (9, 0), True, "unpack"),
    ],
)
def test_a_7b_model_is_unpacked_where_it_fits(
    card: str, free: float, capability: tuple[int, int], builds: bool, kernel: str
) -> None:
    machine = Machine(True, int(free * GB), capability, builds)
    assert choose(machine, MISTRAL, 2) == kernel, card


@pytest.mark.parametrize(
    ("free", "width", "kernel"),
    [(60, 4, "unpack"), (30, 4, "packed"), (30, 2, "unpack"), (4, 2, "packed")],
)
def test_on_a_cpu_memory_decides(free: int, width: int, kernel: str) -> None:
    assert choose(Machine(False, free * GB), MISTRAL, width) == kernel


def test_auto_is_resolved_at_load() -> None:
    found = survey(CPU)
    assert found == Machine(False, found.free)
    assert found.free == pytest.approx(free_memory(), rel=0.3)
    scorer = load_scorer(LM, LanguageModel(kernel="auto"), load_policy("ospc"), CPU)
    assert not any(isinstance(layer, PackedLinear) for layer in scorer.model.modules())


def test_memory_is_cut_by_a_containers_limit(tmp_path: Path) -> None:
    whole = free_memory(tmp_path)
    assert whole > GB
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert free_memory(tmp_path) == pytest.approx(whole, rel=0.3)
    (tmp_path / "memory.max").write_text("5000\n")
    assert free_memory(tmp_path) == 4000
    (tmp_path / "memory.max").write_text("500\n")
    assert free_memory(tmp_path) == 0


def test_an_unknown_way_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="kernel 'fast' is unknown; use auto, unpack, packed or"):
        load_causal_lm(LM, "fast", torch.float32, CPU)


def test_one_of_gptqmodels_kernels_can_be_named() -> None:
    pytest.importorskip("gptqmodel", reason="gptqmodel is in the train extra")
    model = load_causal_lm(LM, "gptqmodel:gptq_torch", torch.float32, CPU)
    kinds = {type(layer).__name__ for layer in model.modules()}
    assert "TorchLinear" in kinds
