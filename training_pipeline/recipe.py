"""A recipe: every setting of every training verb, read from recipes/*.toml."""

import dataclasses
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_package.errors import UserError
from model_package.toml_file import build, find_toml

FOLDER = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class Mix:
    """One corpus of the mixture, and how often an epoch shows each harmful and benign row.

    A fraction shows that share of the rows, another share in the next epoch.
    """

    corpus: str
    harmful: float = 1.0
    benign: float = 1.0


@dataclass(frozen=True)
class Fit:
    """One optimisation.

    batch: packs (or pictures) a step. length: tokens of one pack. steps: stop there; 0: at the
    end of the last epoch.
    """

    epochs: int
    learning_rate: float
    batch: int
    length: int = 512
    accumulate: int = 1
    warmup: float = 0.05
    weight_decay: float = 0.1
    bf16: bool = True
    steps: int = 0


@dataclass(frozen=True)
class LanguageModel:
    """Shape of a Mistral-class model that is trained from scratch, and of its tokenizer."""

    vocabulary: int
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    positions: int = 1024


@dataclass(frozen=True)
class Prompts:
    """Budgets of untrusted text, in tokens, as a profile has them at inference.

    borrowed: share of the texts without a picture that are shown with another's caption, so
    that a caption alone tells nothing of the corpus. noise: share of characters rubbed out.
    """

    max_text_tokens: int = 96
    max_caption_tokens: int = 32
    borrowed: float = 0.5
    noise: float = 0.0


@dataclass(frozen=True)
class Quantize:
    """GPTQ. group: inputs that share a scale. damp: of the Hessian's diagonal.

    act_order: columns by falling activation. calibration: prompts; batch: of one pass.
    """

    bits: int = 4
    group: int = 32
    act_order: bool = True
    symmetric: bool = True
    damp: float = 0.05
    calibration: int = 256
    batch: int = 16


@dataclass(frozen=True)
class Captioner:
    """Shape of a BLIP model that is trained from scratch, and its optimisation."""

    fit: Fit
    corpus: str = "harmc"
    image: int = 128
    patch: int = 16
    vocabulary: int = 3000
    hidden: int = 192
    vision_layers: int = 4
    text_layers: int = 3
    heads: int = 3
    max_tokens: int = 24


@dataclass(frozen=True)
class Refine:
    """A second, shorter tuning: on another mixture. borrowed, noise: as in `Prompts`."""

    fit: Fit
    mix: tuple[Mix, ...]
    borrowed: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """Everything that one ladder of weights is made by.

    evaluate_rows: validation rows a corpus at most; 0 for all of them. notes: what the model
    card must say besides.
    """

    name: str
    summary: str
    mix: tuple[Mix, ...]
    lm: LanguageModel
    pretrain: Fit
    train: Fit
    captioner: Captioner
    prompts: Prompts = field(default_factory=Prompts)
    quantize: Quantize = field(default_factory=Quantize)
    refine: Refine | None = None
    policy: str = "ospc"
    seed: int = 1
    evaluate_rows: int = 0
    notes: tuple[str, ...] = ()

    def corpora(self) -> tuple[str, ...]:
        """Names of the corpora in the mixture."""
        return tuple(mix.corpus for mix in self.mix)

    def refined(self) -> "Recipe":
        """The recipe as its second tuning sees it."""
        if self.refine is None:
            return self
        prompts = dataclasses.replace(
            self.prompts, borrowed=self.refine.borrowed, noise=self.refine.noise
        )
        return dataclasses.replace(
            self, train=self.refine.fit, mix=self.refine.mix, prompts=prompts
        )

    def settings(self, *names: str) -> dict[str, Any]:
        """The named fields as JSON values: what a stage's manifest records."""
        everything = dataclasses.asdict(self)
        return {name: everything[name] for name in names}


def load_recipe(name: str, overrides: Iterable[str] = ()) -> Recipe:
    """The recipe called `name`, or in the .toml file `name`, with `a.b=value` overrides."""
    path = find_toml(name, FOLDER, "recipe")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: cannot be read as TOML: {error}") from error
    for override in overrides:
        _apply(table, override)
    return build(table, Recipe, str(path))


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
