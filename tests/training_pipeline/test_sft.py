"""Tuning: what is trained, what a step is, and that a killed run ends as if it had not been."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from model_package.errors import UserError
from tests.training_pipeline.tiny import make_base, make_tokenizer
from training_pipeline.asks import Ask, Pack
from training_pipeline.base_model import load_base, load_tokenizer
from training_pipeline.fit import CHECKPOINTS, Lesson, arguments
from training_pipeline.recipe import Recipe, load_recipe
from training_pipeline.settings import Adapter, Fit
from training_pipeline.sft import tune_model
from training_pipeline.talks import Example, Talk, collate_mixed

SETTINGS = Fit(epochs=1, learning_rate=1e-2, batch=2, half=False, checkpoint=2)
EXAMPLES: tuple[Example, ...] = (
    (Ask((5, 6, 7, 8), 2, 1), Ask((5, 6, 9), 2, 2)),
    Talk((3, 4, 5, 6, 7, 8, 9), (2, 5, 6)),
    (Ask((5, 6, 10, 11, 12), 2, 1),),
    Talk((8, 9, 10, 11), (3,)),
) * 2


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base"))


def recipe(kind: str, settings: Fit = SETTINGS, dropout: float = 0.1) -> Recipe:
    adapter = Adapter(kind, r=4, dropout=dropout)
    return replace(load_recipe("smoke"), adapter=adapter, train=settings)


def tune(base: Path, folder: Path, recipe: Recipe, collate: Any = collate_mixed) -> Any:
    lesson = Lesson(EXAMPLES, collate)
    model = load_base(base, recipe.adapter, recipe.train.half)
    return tune_model(model, make_tokenizer(), lesson, recipe, folder)


def trained(model: Any) -> dict[str, Tensor]:
    return {name: w.detach() for name, w in model.named_parameters() if w.requires_grad}


@dataclass
class Kill:
    """Collates, and fails like a killed process at the last of `left` batches."""

    left: int

    def __call__(self, examples: Sequence[Pack | Talk]) -> dict[str, Tensor]:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        return collate_mixed(examples)


@pytest.mark.parametrize("kind", ["full", "lora", "qlora"])
def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(
    base: Path, tmp_path: Path, kind: str
) -> None:
    whole, expected = tune(base, tmp_path / "whole", recipe(kind))
    with pytest.raises(KeyboardInterrupt):
        tune(base, tmp_path / "killed", recipe(kind), Kill(4))
    checkpoints = tmp_path / "killed" / CHECKPOINTS
    assert (checkpoints / "checkpoint-2" / "trainer_state.json").is_file()
    (checkpoints / "checkpoint-3").mkdir()  # what a kill in the middle of writing leaves
    resumed, metrics = tune(base, tmp_path / "killed", recipe(kind), Kill(3))  # two batches left
    assert metrics["steps"] == expected["steps"] == 4
    assert metrics["curve"] == expected["curve"]
    after = trained(resumed)
    for name, weight in trained(whole).items():
        assert torch.equal(weight, after[name])


def test_an_adapter_alone_is_trained_and_its_checkpoints_stay(base: Path, tmp_path: Path) -> None:
    model, metrics = tune(base, tmp_path, recipe("qlora"))
    assert {type(layer).__name__ for layer in model.modules() if hasattr(layer, "quant_state")} == {
        "Linear4bit"
    }
    weights = trained(model)
    assert len(weights) == 2 * 2 * 7  # two matrices, two layers, seven projections
    assert metrics["trained_parameters"] == sum(weight.numel() for weight in weights.values())
    assert {weight.dtype for weight in weights.values()} == {torch.float32}
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    folder = "checkpoints/checkpoint-4"
    assert files == {
        f"{folder}/adapter_config.json",
        f"{folder}/adapter_model.safetensors",
        "loss.png",
    }


def test_full_tuning_changes_all_and_leaves_no_checkpoint(base: Path, tmp_path: Path) -> None:
    before = load_base(base, Adapter(), False).state_dict()
    model, metrics = tune(base, tmp_path, recipe("full"))
    assert all(not torch.equal(before[name], weight) for name, weight in trained(model).items())
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]
    with Image.open(tmp_path / "loss.png") as picture:
        assert picture.size == (600, 400)
    assert len(metrics["curve"]) == 4
    assert metrics["precision"] == "fp32"


def test_accumulated_batches_are_one_large_batch(base: Path, tmp_path: Path) -> None:
    """Though one example has three answers and another one."""
    small = replace(SETTINGS, batch=1, accumulate=2)
    one, _ = tune(base, tmp_path / "one", recipe("full", SETTINGS))
    two, _ = tune(base, tmp_path / "two", recipe("full", small))
    other = trained(two)
    for name, weight in trained(one).items():
        assert torch.allclose(weight, other[name], atol=1e-4)


def test_gradient_checkpointing_and_an_8_bit_optimiser_learn_alike(
    base: Path, tmp_path: Path
) -> None:
    spare = replace(SETTINGS, gradient_checkpointing=True, optimizer="adamw_8bit")
    _, plain = tune(base, tmp_path / "plain", recipe("lora", dropout=0.0))
    _, spared = tune(base, tmp_path / "spared", recipe("lora", spare, dropout=0.0))
    losses = [[loss for _, loss in metrics["curve"]] for metrics in (plain, spared)]
    assert losses[0] == pytest.approx(losses[1], abs=0.05)
    assert losses[0][2] < losses[0][0]  # the same examples again


@pytest.mark.parametrize(
    ("half", "flags"),
    [
        (torch.bfloat16, (True, False)),
        (torch.float16, (False, True)),
        (None, (False, False)),
    ],
)
def test_half_precision_is_what_the_hardware_has(
    half: torch.dtype | None,
    flags: tuple[bool, bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training_pipeline.fit.half_precision", lambda: half)
    found = arguments(replace(SETTINGS, half=True), tmp_path, 1)
    assert (found["bf16"], found["fp16"]) == flags
    off = arguments(SETTINGS, tmp_path, 1)
    assert (off["bf16"], off["fp16"]) == (False, False)
    assert json.dumps(found)


@pytest.mark.parametrize(
    ("settings", "targets", "reason"),
    [
        (replace(SETTINGS, optimizer="adam9"), (), "optimizer 'adam9' is unknown; use "),
        (SETTINGS, ("q_proj", "query"), "adapter.targets: the model has no layer called 'query'"),
    ],
)
def test_settings_that_cannot_work_are_named(
    base: Path, tmp_path: Path, settings: Fit, targets: tuple[str, ...], reason: str
) -> None:
    adapter = Adapter("lora", targets=targets)
    with pytest.raises(UserError, match=reason):
        tune(base, tmp_path, replace(recipe("lora", settings), adapter=adapter))


@pytest.mark.parametrize(
    ("missing", "load"),
    [
        ("tokenizer.json", load_tokenizer),
        ("model.safetensors", lambda folder: load_base(folder, Adapter(), False)),
    ],
)
def test_a_base_that_is_not_whole_is_named(
    base: Path, tmp_path: Path, missing: str, load: Callable[[Path], Any]
) -> None:
    for path in base.iterdir():
        if path.name != missing:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(UserError, match=f"{tmp_path}: no causal LM with its tokenizer: ."):
        load(tmp_path)
