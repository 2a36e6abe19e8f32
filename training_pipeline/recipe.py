"""A recipe: what one ladder of weights is made by, read from recipes/*.toml."""

import dataclasses
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from model_package.errors import UserError
from model_package.toml_file import build, find_toml
from training_pipeline.bounds import at_least
from training_pipeline.recipe_checks import check
from training_pipeline.settings import Adapter, Fit, Mix, Prompts, Teacher, WarmStart
from training_pipeline.shapes import Captioner, LanguageModel, Quantize

FOLDER = Path(__file__).parent / "recipes"
T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """Everything that one ladder of weights is made by.

    lm, pretrain: of the model that is trained from scratch; base: or the folder of the
    pretrained model that tuning begins with. processes: of this machine that tune together, each
    with its own `batch`. records, held: files of records to learn from, and
    to judge by, besides the mixture's. evaluate_rows: validation rows a corpus at most; 0 for
    all of them. notes: what the model card must say besides.
    """

    name: str
    summary: str
    train: Fit
    mix: tuple[Mix, ...] = ()
    base: str = ""
    lm: LanguageModel | None = None
    pretrain: Fit | None = None
    captioner: Captioner | None = None
    adapter: Adapter = field(default_factory=Adapter)
    prompts: Prompts = field(default_factory=Prompts)
    quantize: Quantize = field(default_factory=Quantize)
    teacher: Teacher | None = None
    warm_start: WarmStart | None = None
    records: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    policy: str = "ospc"
    seed: int = 1
    processes: int = 1
    evaluate_rows: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.base and not (self.lm and self.pretrain):
            raise ValueError("name a model to begin with by `base`, or give [lm] and [pretrain]")
        at_least(self, 0, "evaluate_rows")
        at_least(self, 1, "processes")

    def corpora(self) -> tuple[str, ...]:
        """Names of the corpora in the mixture."""
        return tuple(mix.corpus for mix in self.mix)

    def settings(self, *names: str) -> dict[str, Any]:
        """The named fields as JSON values: what a stage's manifest records."""
        everything = dataclasses.asdict(self)
        return {name: everything[name] for name in names}


def need(part: T | None, name: str) -> T:
    """`part` of a recipe; a `UserError` where the recipe has none."""
    if part is None:
        raise UserError(f"this recipe has no [{name}]; add it to the recipe, or leave the verb out")
    return part


def load_recipe(name: str, overrides: Iterable[str] = ()) -> Recipe:
    """The recipe called `name`, or in the .toml file `name`, with `a.b=value` overrides."""
    path = find_toml(name, FOLDER, "recipe")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: cannot be read as TOML: {error}") from error
    for override in overrides:
        _apply(table, override)
    recipe = build(table, Recipe, str(path))
    try:
        check(recipe)
    except ValueError as error:
        raise UserError(f"{path}: {error}") from error
    return recipe


def _apply(table: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise UserError(f"override {override!r} is not of the form key=value")
    *parents, last = key.split(".")
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise UserError(f"override {override!r}: {parent!r} is not a table")
    table[last] = _value(text)


def _value(text: str) -> Any:
    """`text` as a TOML value; as it stands where it is none, so that strings need no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
