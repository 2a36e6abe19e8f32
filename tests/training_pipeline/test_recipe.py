"""Recipes are strict, and settings can be overridden from the command line."""

import dataclasses
from pathlib import Path

import pytest

from model_package.errors import UserError
from training_pipeline.recipe import FOLDER, Adapter, load_recipe, need


@pytest.mark.parametrize("name", [path.stem for path in FOLDER.glob("*.toml")])
def test_every_recipe_of_the_folder_is_valid(name: str) -> None:
    assert load_recipe(name).name == name


def test_overrides_reach_any_depth() -> None:
    recipe = load_recipe("smoke", ["train.epochs=7", "policy=vr-contact", "captioner.fit.batch=3"])
    captioner = need(recipe.captioner, "captioner")
    assert (recipe.train.epochs, recipe.policy, captioner.fit.batch) == (7, "vr-contact", 3)
    assert recipe.pretrain == load_recipe("smoke").pretrain


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("train.epochs", "is not of the form key=value"),
        ("train.epoch=3", "unknown key 'epoch'"),
        ("train.epochs=many", "'many' is not a whole number"),
        ("name.first=3", "'name' is not a table"),
        ("train.steps=-1", "steps cannot be -1; the least is 0"),
        ("adapter.r=0", "r cannot be 0; the least is 1"),
        ("quantize.bits=5", "bits cannot be 5; use 2, 4, 8"),
        ("quantize.group=0", "group cannot be 0; the least is 1"),
        ("quantize.damp=0", "damp cannot be 0.0; it is between 0 and 1"),
        ("evaluate_rows=-1", "evaluate_rows cannot be -1; the least is 0"),
        ("lm.registers=1", "wants a register a source: lm.registers=2"),
        ("warm_start.strength=0", "strength cannot be 0.0; it is above 0"),
        ("warm_start.attacked=2", "attacked cannot be 2.0; it is a share, from 0 to 1"),
    ],
)
def test_a_bad_override_is_named(override: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        load_recipe("smoke", [override])


def test_a_strength_of_an_unknown_corpus_is_named(tmp_path: Path) -> None:
    text = (FOLDER / "pocket.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(
        text.replace('"cold", strength', '"colt", strength'), encoding="utf-8"
    )
    with pytest.raises(UserError, match="no corpus is called 'colt'; known: "):
        load_recipe(str(tmp_path / "own.toml"))


def test_an_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="no recipe is called 'pockets'; choose one of ospc, poc"):
        load_recipe("pockets")


def test_settings_are_plain_values() -> None:
    mix = load_recipe("smoke").settings("mix", "seed")
    assert mix["seed"] == 1
    assert mix["mix"][0] == {"corpus": "cold", "harmful": 1.0, "benign": 1.0}


def test_the_ospc_recipe_is_the_seeds() -> None:
    recipe = load_recipe("ospc")
    seven = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    assert recipe.adapter == Adapter("qlora", 32, 32, 0.0, seven)
    fit = recipe.train
    assert (fit.batch * fit.prompts, fit.steps, fit.length, fit.warmup) == (24, 1600, 2048, 10)
    assert (fit.optimizer, fit.views, recipe.quantize.bits) == ("adamw_8bit", "all", 4)


def test_parts_may_be_left_out_and_are_named_where_they_are_needed() -> None:
    recipe = load_recipe("ospc")
    assert (recipe.lm, recipe.pretrain, recipe.captioner) == (None, None, None)
    with pytest.raises(UserError, match=r"this recipe has no \[captioner\]"):
        need(recipe.captioner, "captioner")


def test_a_second_tuning_of_an_adapter_is_refused() -> None:
    with pytest.raises(UserError, match="wants adapter.kind full"):
        load_recipe("smoke", ["adapter.kind=lora"])


def test_the_second_tuning_has_its_own_weight_of_the_teacher() -> None:
    recipe = load_recipe("smoke", ["teacher.weight=0.2", "refine.teacher=0.9"])
    assert recipe.teacher is not None
    assert (recipe.teacher.weight, recipe.teacher.folds) == (0.2, 2)
    assert recipe.refined().teacher == dataclasses.replace(recipe.teacher, weight=0.9)
    assert dataclasses.replace(recipe, teacher=None).refined().teacher is None
