"""Recipes are strict, and settings can be overridden from the command line."""

import pytest

from model_package.errors import UserError
from training_pipeline.recipe import FOLDER, load_recipe


@pytest.mark.parametrize("name", [path.stem for path in FOLDER.glob("*.toml")])
def test_every_recipe_of_the_folder_is_valid(name: str) -> None:
    assert load_recipe(name).name == name


def test_overrides_reach_any_depth() -> None:
    recipe = load_recipe("smoke", ["train.epochs=7", "policy=vr-contact", "captioner.fit.batch=3"])
    assert (recipe.train.epochs, recipe.policy, recipe.captioner.fit.batch) == (7, "vr-contact", 3)
    assert recipe.pretrain == load_recipe("smoke").pretrain


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("train.epochs", "is not of the form key=value"),
        ("train.epoch=3", "unknown key 'epoch'"),
        ("train.epochs=many", "'many' is not a whole number"),
        ("name.first=3", "'name' is not a table"),
    ],
)
def test_a_bad_override_is_named(override: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        load_recipe("smoke", [override])


def test_an_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="no recipe is called 'pockets'; choose one of pocket, smo"):
        load_recipe("pockets")


def test_settings_are_plain_values() -> None:
    mix = load_recipe("smoke").settings("mix", "seed")
    assert mix["seed"] == 1
    assert mix["mix"][0] == {"corpus": "cold", "harmful": 1.0, "benign": 1.0}
