"""The smoke ladder: both models from nothing, installed, loaded by the runtime."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from data_preparation.corpora import read_corpora
from model_package.caption import load_captioner
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.profile import FOLDER as PROFILES
from model_package.profile import Captioner, LanguageModel, load_profile
from model_package.score import load_scorer
from model_package.weights import verify
from training_pipeline.answers import read_answers
from training_pipeline.calibrate import calibrate, fitted_to
from training_pipeline.cli import Job, quiet_libraries
from training_pipeline.compare import compare
from training_pipeline.evaluate import evaluate
from training_pipeline.held import held_rows
from training_pipeline.ladder import climb
from training_pipeline.recipe import load_recipe
from training_pipeline.train import tuned

CPU = torch.device("cpu")
FLOAT32 = LanguageModel(dtype="float32")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Job:
    return Job(load_recipe("smoke"), tmp_path_factory.mktemp("runs"), stand_in)


@pytest.fixture(scope="module")
def weights(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("gptqmodel", reason="gptqmodel is not installed; it needs a C++ compiler")
    quiet_libraries()
    folder = tmp_path_factory.mktemp("weights")
    climb(job, folder)
    return folder / "smoke"


@pytest.fixture(scope="module")
def evidences(job: Job) -> list[Evidence]:
    held = read_corpora(["cold", "harmc"], job.corpora).validation[:30]
    return [Evidence(one.caption or "", one.text or "") for one in held]


def probabilities(folder: Path, evidences: list[Evidence]) -> list[float]:
    scorer = load_scorer(folder, FLOAT32, load_policy("ospc"), CPU)
    return [proba for answers in scorer.score(evidences) for proba in answers.values()]


def test_exactly_the_files_that_loading_needs(weights: Path) -> None:
    files = {path.relative_to(weights).as_posix() for path in weights.rglob("*") if path.is_file()}
    lm = {"model.safetensors", "config.json", "generation_config.json", "quantize_config.json"}
    lm |= {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"}
    blip = {"model.safetensors", "config.json", "generation_config.json"}
    blip |= {"tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"}
    expected = {f"lm/{name}" for name in lm} | {f"captioner/{name}" for name in blip}
    assert files == expected | {"README.md", "lock.json"}
    verify(weights)


@pytest.mark.parametrize("name", ["pocket", "ospc"])
def test_a_recipe_trains_with_the_budgets_that_its_profile_scores_with(name: str) -> None:
    trained, scored = load_recipe(name).prompts, load_profile(name).lm
    assert trained.max_text_tokens == scored.max_text_tokens
    assert trained.max_caption_tokens == scored.max_caption_tokens


def test_half_of_the_held_rows_settle_a_profile(job: Job, weights: Path, tmp_path: Path) -> None:
    profile = tmp_path / "smoke.toml"
    shutil.copyfile(PROFILES / "pocket.toml", profile)
    metrics = calibrate(job, profile)["metrics"]
    held = held_rows(job, job.recipe.evaluate_rows)
    assert metrics["rows"] == len(fitted_to(held))
    assert 0.3 * len(held) < metrics["rows"] < 0.7 * len(held)
    rows = [replace(held[0], id=f"row {n}", group=f"group {n // 5}") for n in range(50)]
    groups = [one.group for one in fitted_to(rows)]
    assert len(set(groups)) == len(groups)
    assert 1 < len(groups) < 10
    assert metrics["log_loss_after"] <= metrics["log_loss_before"]
    written = load_profile(str(profile))
    fitted = metrics["temperature"], metrics["threshold"]
    assert (written.temperature, written.threshold) == fitted
    with pytest.raises(UserError, match="there is no profile .*gone.toml"):
        calibrate(job, tmp_path / "gone.toml")


def test_the_card_holds_the_measured_numbers(weights: Path) -> None:
    card = (weights / "README.md").read_text(encoding="utf-8")
    assert "| cold | thu-coai/COLDataset a0c55a94 | Apache-2.0 |" in card
    assert "| harmc | 20 |" in card
    assert "{" not in card


def test_quantized_is_close_to_full_precision(
    job: Job, weights: Path, evidences: list[Evidence]
) -> None:
    full = probabilities(job.folder(tuned(job)), evidences)
    small = probabilities(weights / "lm", evidences)
    assert max(abs(a - b) for a, b in zip(full, small, strict=True)) < 0.1


def test_the_tokenizer_is_the_same_in_fewer_bytes(job: Job, weights: Path) -> None:
    long, short = (one / "tokenizer.json" for one in (job.folder(tuned(job)), weights / "lm"))
    assert json.loads(short.read_text()) == json.loads(long.read_text())
    assert short.stat().st_size < 0.7 * long.stat().st_size


def test_the_captioner_writes_words(weights: Path) -> None:
    captioner = load_captioner(weights / "captioner", Captioner(batch=2), CPU)
    (caption,) = captioner.caption([Image.new("RGB", (50, 20), "red")])
    assert caption.split()[0] in {"a", "picture", "red", "blue", "of"}


@pytest.mark.parametrize("part", ["lm", "captioner"])
def test_every_weight_of_the_file_is_used_and_none_is_missing(weights: Path, part: str) -> None:
    missing, unexpected = loading_report(weights / part, part)
    assert (missing, unexpected) == (set(), set())


def loading_report(folder: Path, part: str) -> tuple[set[str], set[str]]:
    from transformers import BlipForConditionalGeneration

    if part == "lm":
        return lm_report(folder)
    _, info = BlipForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    return set(info["missing_keys"]), set(info["unexpected_keys"])


def lm_report(folder: Path) -> tuple[set[str], set[str]]:
    from safetensors import safe_open

    from model_package.gptq import load_causal_lm

    model: Any = load_causal_lm(folder, "packed", torch.float32, CPU)
    with safe_open(folder / "model.safetensors", "pt") as file:
        stored = set(file.keys())
    needed = set(model.state_dict()) - {"lm_head.weight"}  # tied to the embeddings
    return needed - stored, stored - needed


def test_a_second_climb_does_nothing_again(
    job: Job, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (weights / "lock.json").read_bytes()
    climb(job, weights.parent)
    assert capsys.readouterr().err.count("done before") == 8
    assert (weights / "lock.json").read_bytes() == before


@pytest.mark.usefixtures("weights")
def test_its_evaluation_leaves_answers_tables_and_plots(job: Job) -> None:
    folder = job.folder("evaluate")
    plots = {"roc.png", "precision_recall.png", "reliability.png"}
    files = {"metrics.json", "metrics.md", "predictions.jsonl", "run.json"}
    assert {path.name for path in folder.iterdir()} == files | plots
    held, answers = held_rows(job, job.recipe.evaluate_rows), read_answers(folder)
    rows = [(one.id, one.label, one.group) for one in answers.values()]
    assert rows == [(one.id, one.label, one.group or "") for one in held]
    found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))["metrics"]
    assert found["slices"]["source"] == told["quantized"]
    assert found["slices"]["language"] == told["language"]["quantized"]
    page = (folder / "metrics.md").read_text(encoding="utf-8")
    assert page.startswith(f"# Evaluation of recipe smoke, policy {job.recipe.policy}\n")
    same = compare(folder, folder)["slices"]["all"]
    assert (same["rows"], same["auroc"]["difference"], same["auroc"]["p"]) == (len(held), 0, 1)


def test_any_folder_can_be_evaluated(
    job: Job, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(replace(job, model=weights / "lm"))
    scores = json.loads(capsys.readouterr().out)
    assert scores["cold"]["rows"] == 100
    assert 0 <= scores["cold"]["auroc"]["low"] <= scores["cold"]["auroc"]["value"] <= 1
    with pytest.raises(UserError, match="no model is there"):
        evaluate(replace(job, model=weights))
