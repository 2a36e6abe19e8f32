"""The captioner's training, end to end in seconds, on pictures that are red or blue."""

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

from training_pipeline.cli import Job, quiet_libraries
from training_pipeline.recipe import load_recipe, need
from training_pipeline.train_captioner import read_pictures, train_captioner


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Job:
    return Job(load_recipe("smoke"), tmp_path_factory.mktemp("runs"), stand_in)


@pytest.fixture(scope="module")
def metrics(job: Job) -> dict[str, Any]:
    quiet_libraries()
    train_captioner(job)
    manifest = json.loads((job.folder("train_captioner") / "run.json").read_text(encoding="utf-8"))
    return dict(manifest["metrics"])


def test_pictures_to_judge_by_are_kept_from_those_to_learn_from(job: Job) -> None:
    pictures = read_pictures(job, need(job.recipe.captioner, "captioner"))
    sides = [{one.group for one in side} for side in (pictures.train, pictures.tenth)]
    assert sides[0].isdisjoint(sides[1])
    assert len(pictures.train) + len(pictures.tenth) == 60
    assert {one.id.split("_")[0] for one in pictures.validation} == {"harmc/val"}
    assert len(pictures.pixels) == len(pictures.train)


def test_it_is_scored_beside_the_best_constant_caption(metrics: dict[str, Any]) -> None:
    for name, count in (("scores", 20), ("tenth", 60 - metrics["pictures"])):
        scores = metrics[name]
        assert set(scores) == {"captioner", "constant", "difference"}
        assert scores["captioner"]["captions"] == count
        for measure in ("bleu4", "rouge_l", "cider"):
            assert scores["constant"]["texts"][measure].startswith("a ")
            for one in scores.values():
                assert one[measure]["low"] <= one[measure]["value"] <= one[measure]["high"]


def test_the_head_that_tells_looks_is_not_shipped(job: Job, metrics: dict[str, Any]) -> None:
    path = job.folder("train_captioner") / "model.safetensors"
    with safe_open(path, "pt") as file:
        assert not [name for name in file.keys() if "sight" in name]  # noqa: SIM118
    assert metrics["parameters"] * 2 < path.stat().st_size < metrics["parameters"] * 2 + 40_000
