"""The ospc recipe from end to end, on a tiny random Mistral: QLoRA, merge, GPTQ, score."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.profile import LanguageModel
from model_package.score import load_scorer
from model_package.weights import verify
from tests.training_pipeline.tiny import make_base
from training_pipeline.cli import Job, quiet_libraries
from training_pipeline.ladder import climb
from training_pipeline.merge import load_full, merge
from training_pipeline.quantize import quantize
from training_pipeline.recipe import load_recipe
from training_pipeline.run import read_manifest

EVIDENCES = [
    Evidence("a red picture", "lovely music"),
    Evidence("", "terrible awful house"),
    Evidence("", "gentle friendly river people"),
    Evidence("a blue picture", "dreadful garden street"),
    Evidence("", "market music"),
    Evidence("", "awful awful dreadful terrible"),
]
CHAT = [{"role": "user", "content": "who?"}, {"role": "assistant", "content": "a friend"}]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Job:
    root = tmp_path_factory.mktemp("ospc")
    rows: list[dict[str, Any]] = [
        {"id": f"r{n}", "text": f"a {word} house", "label": n % 2, "source": "mine"}
        for n, word in enumerate(["lovely", "awful", "gentle", "terrible"] * 3)
    ]
    rows += [{"id": "c", "messages": CHAT}, {"prompt": "near the", "completion": " river"}]
    (root / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    recipe = load_recipe(
        "ospc",
        [
            f"base={make_base(root / 'base', 0.1)}",
            "mix=[{corpus='cold',harmful=0.3,benign=0.3},{corpus='harmc'}]",
            f"records=['{root / 'rows.jsonl'}']",
            "held=[]",
            "train.steps=12",
            "train.epochs=1",
            "train.prompts=8",
            "train.warmup=0",
            "train.learning_rate=0.01",
            "adapter.r=4",
            "quantize.group=32",
            "quantize.calibration=16",
            "evaluate_rows=40",
        ],
    )
    return Job(recipe, root / "runs", stand_in)


@pytest.fixture(scope="module")
def weights(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("gptqmodel", reason="gptqmodel is not installed; it needs a C++ compiler")
    quiet_libraries()
    folder = tmp_path_factory.mktemp("weights")
    climb(job, folder)
    return folder / "ospc"


def probabilities(folder: Path) -> list[float]:
    settings, policy = LanguageModel(dtype="float32"), load_policy("ospc")
    scorer = load_scorer(folder, settings, policy, torch.device("cpu"))
    return [proba for answers in scorer.score(EVIDENCES) for proba in answers.values()]


def test_exactly_the_files_that_loading_needs(weights: Path) -> None:
    files = {path.relative_to(weights).as_posix() for path in weights.rglob("*") if path.is_file()}
    lm = {"model.safetensors", "config.json", "generation_config.json", "quantize_config.json"}
    lm |= {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"}
    assert files == {f"lm/{name}" for name in lm} | {"README.md", "lock.json"}
    verify(weights)


def test_the_merged_model_is_whole_and_in_half_precision(job: Job, weights: Path) -> None:
    folder = job.folder("merge")
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values()), report
    assert model.dtype == torch.float16
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest["settings"] == {"kind": "qlora", "checkpoint": None, "kept": 1.0}


def test_the_merged_model_is_the_base_and_its_adapter(job: Job, weights: Path) -> None:
    base = load_full(Path(job.recipe.base), "qlora").state_dict()
    merged = load_file(job.folder("merge") / "model.safetensors")
    adapter = load_file(job.folder("train") / "adapter_model.safetensors")
    added = {name for name in merged if f"base_model.model.{layer(name)}.lora_A.weight" in adapter}
    assert len(added) == 2 * 7
    for name, weight in merged.items():
        expected = base[name].float()
        if name in added:
            expected = expected + addition(adapter, f"base_model.model.{layer(name)}", job)
            assert not torch.allclose(weight.float(), base[name].float(), atol=0.01), name
        assert torch.allclose(weight.float(), expected, rtol=1e-3, atol=1e-4), name


def layer(name: str) -> str:
    return name.removesuffix(".weight")


def addition(adapter: dict[str, torch.Tensor], name: str, job: Job) -> torch.Tensor:
    """What LoRA adds to one matrix: B A alpha / r."""
    first, second = (adapter[f"{name}.lora_{one}.weight"].float() for one in "AB")
    return second @ first * (job.recipe.adapter.alpha / job.recipe.adapter.r)


def test_quantized_scores_as_merged_does(job: Job, weights: Path) -> None:
    full, small = probabilities(job.folder("merge")), probabilities(weights / "lm")
    assert len(small) == 2 * len(EVIDENCES)
    assert max(full) - min(full) > 0.2  # or all would be near all
    assert apart(full, probabilities(Path(job.recipe.base))) > 0.2
    assert apart(full, small) < 0.1


def apart(some: list[float], others: list[float]) -> float:
    return max(abs(one - other) for one, other in zip(some, others, strict=True))


def test_every_kind_of_row_was_learnt(job: Job, weights: Path) -> None:
    manifest = read_manifest(job.folder("train"))
    assert manifest is not None
    metrics = manifest["metrics"]
    assert metrics["steps"] == 12
    # 60 memes, 12 rows and a share of 600 texts, each in two views; the two talks besides.
    assert metrics["prompts"] > 2 * (60 + 12 + 100)
    assert manifest["settings"]["base"] == job.recipe.base


def test_a_second_climb_does_nothing_again(
    job: Job, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    climb(job, weights.parent)
    assert capsys.readouterr().err.count("done before") == 4


def test_other_settings_are_refused(job: Job, weights: Path) -> None:
    other = replace(job, recipe=replace(job.recipe, seed=2))
    with pytest.raises(UserError, match="was made with other settings; remove it"):
        climb(other, weights.parent)


def test_any_pretrained_folder_is_quantized_on_rows_of_ones_own(
    job: Job, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = Path(job.recipe.records[0]).read_text(encoding="utf-8").splitlines()[:12]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    model, records = Path(job.recipe.base), (tmp_path / "rows.jsonl",)
    own = replace(job, corpora=tmp_path, model=model, output=tmp_path / "out", records=records)
    manifest = quantize(own)
    assert manifest["metrics"]["prompts"] == 16
    said = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"AUROC lost by quantizing: [+-]0\.\d{4}", said)
    assert len(probabilities(tmp_path / "out")) == 2 * len(EVIDENCES)


def test_a_quantized_model_is_not_quantized_again(job: Job, weights: Path, tmp_path: Path) -> None:
    again = replace(job, model=job.folder("quantize"), output=tmp_path / "out")
    with pytest.raises(UserError, match="is quantized already; give the model it was made from"):
        quantize(again)
    assert not (tmp_path / "out").exists()


def test_merging_once_more_is_done_before(
    job: Job, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(job)
    assert "merge: done before" in capsys.readouterr().err
