"""Recipes are strict, and settings can be overridden from the command line."""

from pathlib import Path

import pytest

from model_package.errors import UserError
from training_pipeline.recipe import FOLDER, load_recipe, need
from training_pipeline.settings import Adapter


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
        (
            "warm_start.lines=[{corpus='cold', strength=0}]",
            "strength cannot be 0.0; it is above 0",
        ),
        ("warm_start.lines=[{corpus='cold', shared=-1}]", "shared cannot be -1.0; it is 0 or more"),
        ("warm_start.attacked=2", "attacked cannot be 2.0; it is a share, from 0 to 1"),
    ],
)
def test_a_bad_override_is_named(override: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        load_recipe("smoke", [override])


def test_a_line_of_an_unknown_corpus_is_named(tmp_path: Path) -> None:
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


def test_a_model_is_merged_if_it_has_an_adapter_or_not_all_is_kept() -> None:
    assert load_recipe("smoke").adapter.merges
    assert not load_recipe("smoke", ["adapter.kept=1.0"]).adapter.merges
    assert load_recipe("smoke", ["adapter.kept=1.0", "adapter.kind=lora"]).adapter.merges
    with pytest.raises(UserError, match="kept cannot be 0.0; it is a share above 0"):
        load_recipe("smoke", ["adapter.kept=0"])
