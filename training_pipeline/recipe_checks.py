"""Whether a recipe's tables fit one another: what a verb would refuse after an hour, at once.

Knows nothing of torch, or it could not be quick.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data_preparation.registry import find_corpus
from model_package.errors import UserError
from training_pipeline.settings import Fit
from training_pipeline.shapes import LanguageModel, lines_width

if TYPE_CHECKING:
    from training_pipeline.recipe import Recipe


def check(recipe: "Recipe") -> None:
    """A `ValueError`, or a `UserError`, where parts of `recipe` do not go together."""
    refuse_twice("mix", recipe.corpora())
    if recipe.captioner:
        find_corpus(recipe.captioner.corpus)
    if recipe.lm and recipe.pretrain and not recipe.base:
        _check_pretrain(recipe.lm, recipe.pretrain)
        _check_group(recipe.lm, recipe.quantize.group)
    if recipe.warm_start:
        _check_lines(recipe)
        check_room(recipe)


def refuse_twice(table: str, names: Sequence[str]) -> None:
    """A `ValueError` where one of `names` stands twice in `table`: which one would count?"""
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{table} names {name!r} twice; leave one out")


def check_room(recipe: "Recipe", more: bool = False) -> None:
    """A `UserError` where [lm] has no room for a line of each source. more: files of rows are
    given besides the recipe's, and are one source with those."""
    if recipe.warm_start is None or recipe.lm is None:
        return
    sources, lm = len(recipe.mix) + bool(recipe.records or more), recipe.lm
    if lm.registers < sources:
        raise UserError(f"[warm_start] wants a register a source: lm.registers={sources}")
    wanted = lines_width(sources)
    if wanted > min(lm.head, lm.intermediate) or lm.layers < 2:
        raise UserError(
            f"[warm_start] wants two layers, and {wanted} dimensions a head for {sources} sources; "
            f"[lm] has {lm.layers} and {lm.head}; raise lm.layers or lm.hidden, or leave it out"
        )


def _check_lines(recipe: "Recipe") -> None:
    names = [one.corpus for one in recipe.warm_start.lines] if recipe.warm_start else []
    refuse_twice("warm_start.lines", names)
    for name in names:
        find_corpus(name, study=True)
        if name not in recipe.corpora():
            raise ValueError(f"warm_start.lines names {name!r}, which is not in the recipe's mix")


def _check_pretrain(lm: LanguageModel, pretrain: Fit) -> None:
    if pretrain.length > lm.positions:
        raise ValueError(
            f"pretrain.length cannot be {pretrain.length}; lm.positions are {lm.positions}"
        )


def _check_group(lm: LanguageModel, group: int) -> None:
    for name in ("hidden", "intermediate"):
        if group > 0 and getattr(lm, name) % group:
            raise ValueError(
                f"quantize.group cannot be {group}; lm.{name}={getattr(lm, name)} is no multiple "
                "of it (-1: all inputs share one scale)"
            )
