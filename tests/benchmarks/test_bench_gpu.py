"""The bench on a GPU: its models, its counts and its verdict, on a CPU and in small."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import MistralForCausalLM

from benchmarks.bench_gpu import candidates, report
from benchmarks.bench_gpu.__main__ import main
from benchmarks.bench_gpu.models import SCALE, SPREAD, write
from benchmarks.bench_gpu.race import Lap
from benchmarks.bench_gpu.shapes import FULL, TINY
from model_package.gptq import load_causal_lm
from model_package.kernel import Machine, choose
from model_package.packed import PackedLinear
from model_package.tensors import Size, measure

CPU = torch.device("cpu")
TRIES = {"unpack": {"load": 1.0, "seconds": [2.0, 1.0]}, "packed": {"load": 1.0, "seconds": [1.2]}}


def laps(ratio: float, operations: float, held: int) -> list[Lap]:
    """Three rounds, the last of which holds `held` bytes."""
    both = [Lap(1.0, ratio, 0.1, 0.2, operations, 100)] * 2
    return [*both, Lap(1.0, ratio, 0.1, 0.2, operations, held)]


def found(rounds: list[Lap], kernel: str = "unpack") -> dict[str, Any]:
    """As measure.py finds it, at a ceiling of 100 operations a second."""
    told = {"figures": report.figures(rounds, 100.0), "laps": [vars(lap) for lap in rounds]}
    return {**told, "candidates": TRIES, "kernel": kernel}


def test_each_missed_target_is_a_line() -> None:
    assert report.faults(found(laps(30.0, 55.0, 105)), 30.0, 0.55) == []
    assert report.faults(found(laps(29.0, 54.0, 106 * 2**20), "packed"), 30.0, 0.55) == [
        "29.0 times the seed's loop; the target is 30",
        "scoring reaches 54.0% of the ceiling; the target is 55%",
        "GPU memory grew with rows, from 0 to 106 MiB",
        "packed was chosen, but takes 1.20 times as long as unpack",
    ]
    nothing = {**found(laps(30.0, 55.0, 100)), "candidates": {"unpack": {"failed": "no"}}}
    assert report.faults(nothing, 30.0, 0.55) == ["unpack was chosen, but does not work here"]


def test_a_backend_of_gptqmodel_counts_as_gptqmodel() -> None:
    tried = {**TRIES, "gptqmodel:gptq_marlin": {"load": 9.0, "seconds": [0.5]}}
    assert candidates.fault(tried, "gptqmodel") == ""
    assert candidates.fault(tried, "unpack") == (
        "unpack was chosen, but takes 2.00 times as long as gptqmodel:gptq_marlin"
    )


def test_operations_are_those_that_torch_counts(tmp_path: Path) -> None:
    """Of a whole prompt without a prefix, less the head; attention is counted in full there."""
    from torch.utils.flop_counter import FlopCounterMode

    write(tmp_path, TINY, CPU)
    model = load_causal_lm(tmp_path / "lm", "unpack", torch.float32, CPU)
    model.set_attn_implementation("eager")  # of the others torch does not count attention on a CPU
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model.model(torch.randint(9, (1, 40)))
    pairs = 40 * 39 // 2  # that the mask hides, and a kernel computes all the same
    hidden = TINY.layers * 4 * TINY.hidden * pairs
    assert counter.get_total_flops() == TINY.operations(0, 40) + hidden
    assert TINY.operations(10, 40) == TINY.operations(0, 40) + TINY.layers * 4 * TINY.hidden * 400


def test_made_weights_are_a_quantized_model_of_the_shape(tmp_path: Path) -> None:
    write(tmp_path, TINY, CPU)
    packed = load_causal_lm(tmp_path / "lm", "packed", torch.float32, CPU)
    assert isinstance(packed, MistralForCausalLM)
    layers = [layer for layer in packed.modules() if isinstance(layer, PackedLinear)]
    assert len(layers) == 7 * TINY.layers
    values = torch.cat([layer.weight().flatten() for layer in layers])
    assert float(values.std()) == pytest.approx(SPREAD, rel=0.01)
    steps = torch.tensor(sorted(set(values.tolist()))) / torch.tensor(SCALE).half().float()
    torch.testing.assert_close(steps, torch.arange(-8.0, 8.0))
    size = measure(tmp_path / "lm")
    plain = load_causal_lm(tmp_path / "lm", "unpack", torch.float32, CPU)
    assert size.parameters == sum(one.numel() for one in plain.parameters())


def test_the_full_shape_is_mistral_7b_which_a_v100_cannot_hold_unpacked() -> None:
    matrices = FULL.layers * sum(a * b for a, b in FULL.matrices().values())
    norms, tables = (2 * FULL.layers + 1) * FULL.hidden, 2 * FULL.vocab * FULL.hidden
    more = 2 * (FULL.vocab - 32002) * FULL.hidden  # for the words that Mistral's tables have not
    assert matrices + norms + tables - more == 7_241_748_480
    size = Size(matrices + norms + tables, matrices // 2)
    assert choose(Machine(True, 16 * 2**30, (7, 0)), size, 2) == "packed"


def test_the_command_runs_in_small_and_misses_the_targets_of_a_gpu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--output", str(tmp_path), "--shape", "tiny", "--memes", "6", "--rounds", "2"]
    code = main([*given, "--few", "2", "--layers", "1", "--times", "1e9", "--share", "1e9"])
    told = json.loads((tmp_path / "bench_gpu.json").read_text())
    page, notes = capsys.readouterr()
    assert code == 1
    assert notes.count("bench-gpu: ") == len(told["faults"]) >= 2
    assert "times the seed's loop; the target is 1e+09" in notes
    assert told["shape"]["layers"] == 1
    assert (told["memes"], told["rounds"], len(told["laps"])) == (6, 2, 2)
    assert set(told["candidates"]) == {"unpack", "packed"}
    assert all(lap["a"] > 0 < lap["b"] and lap["operations"] > 0 for lap in told["laps"])
    assert "| (b) / (a) |" in page
    assert (tmp_path / "bench_gpu.md").read_text() == page


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_the_cure_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path / "made")]) == 2
    said = capsys.readouterr().err
    assert said == (
        "bench-gpu: torch finds no GPU; to try the command itself on a CPU, add: --shape tiny\n"
    )
    assert not (tmp_path / "made").exists()
