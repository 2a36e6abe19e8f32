"""Merging: the merged model is the base with its adapter, whole, and reads its run by itself."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from model_package.errors import UserError
from tests.training_pipeline.tiny import make_base
from training_pipeline.cli import Job, quiet_libraries
from training_pipeline.merge import load_full, main, merge, merge_run
from training_pipeline.recipe import load_recipe
from training_pipeline.train import train

IDS = torch.tensor([[5, 6, 7, 8, 9, 10]])
SETTINGS = (
    "train.steps=3 train.checkpoint=1 train.keep=2 train.learning_rate=0.02 train.warmup=0 "
    "train.half=false train.optimizer=adamw_torch adapter.r=4 records=[] held=[] "
    'mix=[{corpus="cold"}]'
)


def make_job(folder: Path, stand_in: Path, *more: str) -> Job:
    settings = SETTINGS.replace('{corpus="cold"}', "{corpus='cold'}").split()
    recipe = load_recipe("ospc", [*settings, f"base={make_base(folder / 'base')}", *more])
    quiet_libraries()
    return Job(recipe, folder / "runs", stand_in)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Job:
    job = make_job(tmp_path_factory.mktemp("lora"), stand_in, "adapter.kind=lora")
    train(job)
    return job


def logits(model: Any) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = model.eval()(IDS).logits.float()
    return found


def strict(folder: Path) -> Any:
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values()), report
    return model


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_merged_is_base_and_adapter(job: Job) -> None:
    manifest = merge(job)
    base = Path(job.recipe.base)
    expected = logits(PeftModel.from_pretrained(load_full(base, "lora"), job.folder("train")))
    found = logits(strict(job.folder("merge")))
    assert torch.allclose(found, expected, atol=1e-5)
    assert not torch.allclose(found, logits(strict(base)), atol=1e-2)  # the adapter says something
    assert manifest["metrics"]["precision"] == "float32"


def test_exactly_these_files(job: Job) -> None:
    merge(job)
    tokenizer = {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"}
    adapter = {"adapter_config.json", "adapter_model.safetensors"}
    steps = {f"checkpoints/checkpoint-{n}/{name}" for n in (2, 3) for name in adapter}
    assert names(job.folder("train")) == {
        *tokenizer,
        *adapter,
        *steps,
        "README.md",
        "loss.png",
        "run.json",
    }
    model = {"model.safetensors", "config.json", "generation_config.json"}
    assert names(job.folder("merge")) == {*tokenizer, *model, "run.json"}


def test_an_earlier_checkpoint_of_a_run_that_says_all(job: Job) -> None:
    run = job.folder("train")
    assert main(["--run", str(run), "--checkpoint", "2"]) == 0
    adapter = run / "checkpoints" / "checkpoint-2"
    earlier = PeftModel.from_pretrained(load_full(Path(job.recipe.base), "lora"), adapter)
    found = logits(strict(run.parent / "merge-2"))
    assert torch.allclose(found, logits(earlier), atol=1e-5)
    merge(job)
    assert not torch.allclose(found, logits(strict(job.folder("merge"))), atol=1e-3)


def test_a_checkpoint_that_is_not_kept_names_those_that_are(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--run", str(job.folder("train")), "--checkpoint", "1"]) == 2
    err = capsys.readouterr().err
    assert "keeps no checkpoint 1; it keeps 2, 3 (the recipe's train.keep says how many)" in err
    assert len(err.splitlines()) == 1


def test_a_base_that_has_moved_is_asked_for(job: Job, tmp_path: Path) -> None:
    run = tmp_path / "train"
    run.mkdir()
    for path in job.folder("train").iterdir():
        if path.is_file():
            (run / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((run / "run.json").read_text(encoding="utf-8"))
    manifest["settings"]["base"] = str(tmp_path / "gone")
    (run / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UserError, match="gone of .* is gone; say where it is: --base FOLDER"):
        merge_run(run)
    moved = shutil.copytree(job.recipe.base, tmp_path / "moved")
    assert merge_run(run, base=moved)["verb"] == "merge"


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_base_that_the_tuning_did_not_begin_with_is_refused(
    job: Job, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(job.recipe.base, tmp_path / "other")
    with (other / file).open("ab") as changed:
        changed.write(b" ")
    run = job.folder("train")
    assert main(["--run", str(run), "--base", str(other), "--checkpoint", "2"]) == 2
    err = capsys.readouterr().err
    assert f"{other} is not the model that {run} was tuned from, which lay in " in err
    assert len(err.splitlines()) == 1
    with pytest.raises(UserError, match=r"name that one by --base FOLDER \(with a recipe: base="):
        merge(replace(job, recipe=replace(job.recipe, base=str(other))))


def test_a_share_of_an_adapter_is_kept(job: Job) -> None:
    run = job.folder("train")
    base = Path(job.recipe.base)
    adapted = PeftModel.from_pretrained(load_full(base, "lora"), run).merge_and_unload()
    assert main(["--run", str(run), "--kept", "0.25", "--checkpoint", "3"]) == 0
    expected = mean(dict(strict(base).named_parameters()), adapted, 0.25)
    found = dict(strict(run.parent / "merge-3").named_parameters())
    assert all(torch.allclose(found[name], one, atol=1e-6) for name, one in expected.items())


def test_a_share_of_a_full_tuning_is_kept(
    tmp_path: Path, stand_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = make_job(tmp_path, stand_in, "adapter.kind=full", "adapter.kept=0.5", "train.steps=2")
    train(job)
    merge(job)
    before = dict(strict(Path(job.recipe.base)).named_parameters())
    after = strict(job.folder("train"))
    found = dict(strict(job.folder("merge")).named_parameters())
    for name, one in mean(before, after, 0.5).items():
        assert torch.allclose(found[name], one, atol=1e-6), name
    assert not all(torch.equal(found[name], one) for name, one in after.named_parameters())
    (tmp_path / "alone").mkdir()
    run = shutil.copytree(job.folder("train"), tmp_path / "alone" / "train")
    assert main(["--run", str(run)]) == 0  # it says how much of it is kept
    again = strict(run.parent / "merge")
    assert all(torch.equal(one, found[name]) for name, one in again.named_parameters())
    assert main(["--run", str(run), "--kept", "1"]) == 2
    assert "is kept whole; there is nothing to merge" in capsys.readouterr().err


@pytest.mark.parametrize("share", ["0", "1.5", "nan"])
def test_a_share_that_is_none_is_refused(
    job: Job, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--run", str(job.folder("train")), "--kept", share]) == 2
    assert "it is a share above 0, 1 at most" in capsys.readouterr().err


def mean(before: dict[str, torch.Tensor], after: Any, kept: float) -> dict[str, torch.Tensor]:
    return {
        name: before[name] + kept * (one - before[name]) for name, one in after.named_parameters()
    }


def test_a_full_tuning_has_nothing_to_merge(tmp_path: Path, stand_in: Path) -> None:
    job = make_job(tmp_path, stand_in, "adapter.kind=full", "train.steps=1")
    train(job)
    with pytest.raises(UserError, match="was tuned in full and is kept whole"):
        merge(job)
    with pytest.raises(UserError, match="holds no finished run; run train first"):
        merge_run(tmp_path)
