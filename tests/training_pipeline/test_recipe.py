"""Recipes are strict, and settings can be overridden from the command line."""

from pathlib import Path

import pytest

from model_package.errors import UserError
from training_pipeline.recipe import FOLDER, load_recipe, need
from training_pipeline.recipe_checks import check_room
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
        ("warm_start.lines=[{corpus='cold', shared=-1}]", "shared cannot be -1.0; the least is 0"),
        ("warm_start.attacked=2", "attacked cannot be 2.0; it is a share, from 0 to 1"),
        ("prompts.noise=1.5", "noise cannot be 1.5; it is a share, from 0 to 1"),
        ("prompts.misread=-0.1", "misread cannot be -0.1; it is a share"),
        ("prompts.attacked=nan", "attacked cannot be nan; it is a share"),
        ("prompts.borrowed=2", "borrowed cannot be 2.0; it is a share"),
        ("prompts.max_text_tokens=-1", "max_text_tokens cannot be -1; the least is 0"),
        ("adapter.dropout=-1", "dropout cannot be -1.0; it is a share"),
        ("train.learning_rate=0", "learning_rate cannot be 0.0; it is above 0"),
        ("pretrain.learning_rate=nan", "learning_rate cannot be nan; it is above 0"),
        ("captioner.fit.learning_rate=inf", "learning_rate cannot be inf; it is above 0"),
        ("train.warmup=nan", "warmup cannot be nan; the least is 0"),
        ("train.warmup=inf", "warmup cannot be inf; the least is 0"),
        ("train.weight_decay=-1", "weight_decay cannot be -1.0; the least is 0"),
        ("train.beta2=1", "beta2 cannot be 1.0; it is between 0 and 1"),
        ("train.beta2=nan", "beta2 cannot be nan; it is between 0 and 1"),
        ("mix=[{corpus='cold', harmful=-1}]", "harmful cannot be -1.0; the least is 0"),
        ("mix=[{corpus='cold', benign=nan}]", "benign cannot be nan; the least is 0"),
        ("mix=[{corpus='cold'}, {corpus='cold'}]", "mix names 'cold' twice; leave one out"),
        ("lm.heads=3", "hidden cannot be 64; it is a multiple of heads, here 3"),
        ("lm.hidden=0", "hidden cannot be 0; the least is 1"),
        ("lm.kv_heads=0", "kv_heads cannot be 0; the least is 1"),
        ("lm.kv_heads=3", "heads cannot be 2; it is a multiple of kv_heads, here 3"),
        ("lm.heads=64", "hidden / heads cannot be 1; positions turn pairs"),
        ("lm.hidden=16", "wants two layers, and 12 dimensions a head for 2 .* has 2 and 8; raise"),
        ("lm.layers=1", r"wants two layers, .* \[lm\] has 1 and 32; raise lm.layers or lm.hidden"),
        ("lm.intermediate=8", "quantize.group cannot be 16; lm.intermediate=8 is no"),
        ("quantize.group=128", "quantize.group cannot be 128; lm.hidden=64 is no multiple of it"),
        ("pretrain.length=1025", "length cannot be 1025; lm.positions are 1024"),
        ("captioner.heads=3", "hidden cannot be 32; it is a multiple of heads, here 3"),
        ("captioner.patch=5", "image cannot be 32; it is a multiple of patch, here 5"),
        ("captioner.patch=0", "patch cannot be 0; the least is 1"),
        ("captioner.corpus=harmp3", "no corpus is called 'harmp3'; known: "),
        (
            "warm_start.lines=[{corpus='swsr'}]",
            "warm_start.lines names 'swsr', which is not in the recipe's mix",
        ),
        (
            "warm_start.lines=[{corpus='cold'}, {corpus='cold'}]",
            "warm_start.lines names 'cold' twice",
        ),
    ],
)
def test_a_bad_override_is_named(override: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason) as caught:
        load_recipe("smoke", [override])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "overrides",
    [
        ["quantize.group=-1"],
        ["quantize.group=128", "base=somewhere"],  # whose shape is not the recipe's to say
        ["pretrain.length=1024", "train.warmup=10", "prompts.noise=0", "prompts.borrowed=1"],
        ["lm.hidden=24", "lm.heads=2", "lm.intermediate=48", "quantize.group=12", "lm.kv_heads=2"],
        ["mix=[{corpus='cold', harmful=0, benign=2.5}]", "captioner.patch=16"],
    ],
)
def test_bounds_leave_room_for_what_works(overrides: list[str]) -> None:
    assert load_recipe("smoke", overrides).name == "smoke"


def test_rows_beside_the_recipes_want_a_register_and_room_too() -> None:
    enough = load_recipe("smoke")
    check_room(enough, more=True)
    with pytest.raises(UserError, match="wants a register a source: lm.registers=3"):
        check_room(load_recipe("smoke", ["lm.registers=2"]), more=True)
    with pytest.raises(UserError, match="16 dimensions a head for 3 sources"):
        check_room(load_recipe("smoke", ["lm.hidden=24", "quantize.group=-1"]), more=True)
    own = load_recipe("smoke", ["records=['rows.jsonl']"])  # are one source with more of them
    check_room(own, more=True)


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
