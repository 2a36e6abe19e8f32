"""A recipe: every setting of every training verb, read from recipes/*.toml."""

import dataclasses
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from data_preparation.registry import find_corpus
from model_package.errors import UserError
from model_package.toml_file import build, find_toml

FOLDER = Path(__file__).parent / "recipes"
T = TypeVar("T")


@dataclass(frozen=True)
class Mix:
    """One corpus of the mixture, and how often an epoch shows each harmful and benign row.

    A fraction shows that share of the rows, another share in the next epoch.
    """

    corpus: str
    harmful: float = 1.0
    benign: float = 1.0


VIEWS = ("turns", "all")
ADAPTERS = ("full", "lora", "qlora")
BITS = (2, 4, 8)  # that the runtime unpacks


@dataclass(frozen=True)
class Fit:
    """One optimisation.

    batch: packs (or pictures) a step, of each process. length: tokens of one pack, or of one
    chat. prompts: of one pack at most; 0: as many as `length` holds. accumulate: batches a step.
    warmup: share of the steps, or their number if 1 or more. half: compute in the half
    precision that the hardware has, if any. optimizer: a name that transformers knows.
    gradient_checkpointing: compute activations twice to store them less. steps: stop there;
    0: at the end of the last epoch. checkpoint: steps from one checkpoint to the next; keep:
    how many of the last ones. views: `turns`: each showing of a row is in the next of the
    policy's views; `all`: in each of them.
    """

    epochs: int
    learning_rate: float
    batch: int
    length: int = 512
    prompts: int = 0
    accumulate: int = 1
    warmup: float = 0.05
    weight_decay: float = 0.1
    beta2: float = 0.98
    half: bool = True
    optimizer: str = "adamw_torch"
    gradient_checkpointing: bool = False
    steps: int = 0
    checkpoint: int = 500
    keep: int = 1
    views: str = "turns"

    def __post_init__(self) -> None:
        if self.views not in VIEWS:
            raise ValueError(f"views {self.views!r} is unknown; use {' or '.join(VIEWS)}")
        _least(self, 1, "epochs", "batch", "length", "accumulate", "checkpoint", "keep")
        _least(self, 0, "steps", "prompts", "warmup")


@dataclass(frozen=True)
class Adapter:
    """What tuning changes: all weights (`full`), or low-rank additions to frozen ones.

    kind: `full`, `lora`, or `qlora`: the frozen weights in 4-bit NF4. r: rank. alpha: the
    additions are scaled by alpha / r. targets: names of the layers that get one; none: every
    linear layer but the output head. double_quant: quantize NF4's scales too. kept: share of
    what tuning changed that `merge` keeps: less of it holds better on texts of other kinds
    (Wortsman et al., 2022).
    """

    kind: str = "full"
    r: int = 16
    alpha: int = 32
    dropout: float = 0.0
    targets: tuple[str, ...] = ()
    double_quant: bool = True
    kept: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ADAPTERS:
            raise ValueError(f"kind {self.kind!r} is unknown; use {', '.join(ADAPTERS)}")
        if not 0 < self.kept <= 1:
            raise ValueError(f"kept cannot be {self.kept}; it is a share above 0, 1 at most")
        _least(self, 1, "r", "alpha")

    @property
    def merges(self) -> bool:
        """Whether the tuned model is not the finished one."""
        return self.kind != "full" or self.kept < 1


@dataclass(frozen=True)
class LanguageModel:
    """Shape of a Mistral-class model that is trained from scratch, and of its tokenizer.

    vocabulary: tokens of words and their pieces. phrases: more tokens, that reach across words.
    registers: tokens of no text that begin every prompt; [warm_start] wants one a source.
    """

    vocabulary: int
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    positions: int = 1024
    phrases: int = 0
    registers: int = 0


@dataclass(frozen=True)
class Prompts:
    """Budgets of untrusted text, in tokens, as a profile has them at inference.

    borrowed: share of the texts without a picture that are shown with another's caption, so
    that a caption alone tells nothing of the corpus. noise: share of characters rubbed out.
    misread: share of the texts that are shown as OCR was seen to spoil memes. attacked: share of
    the texts that are shown with an attack written beside them (training_pipeline/attacked.py).
    """

    max_text_tokens: int = 96
    max_caption_tokens: int = 32
    borrowed: float = 0.5
    noise: float = 0.0
    misread: float = 0.0
    attacked: float = 0.0


@dataclass(frozen=True)
class Teacher:
    """weight: of the teacher's word beside a row's own label. folds: that each corpus is cut in."""

    weight: float = 0.5
    folds: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1 or self.folds < 2:
            raise ValueError("weight is from 0 to 1, and folds are at least 2")


@dataclass(frozen=True)
class CorpusLine:
    """One corpus's linear model. strength: the inverse of its penalty. shared: how much of the
    linear model of all rows is added to it."""

    corpus: str
    strength: float = 1.0
    shared: float = 0.0


@dataclass(frozen=True)
class WarmStart:
    """The linear models that the LM begins as; those of corpora that `lines` lacks are usual.

    attacked: share of the texts that they are fitted to a second
    time with an attack written beside them, as in `Prompts`.
    """

    lines: tuple[CorpusLine, ...] = ()
    attacked: float = 0.0

    def __post_init__(self) -> None:
        for one in self.lines:
            if not one.strength > 0:
                raise ValueError(f"strength cannot be {one.strength}; it is above 0")
            if not one.shared >= 0:
                raise ValueError(f"shared cannot be {one.shared}; it is 0 or more")
        if not 0 <= self.attacked <= 1:
            raise ValueError(f"attacked cannot be {self.attacked}; it is a share, from 0 to 1")


@dataclass(frozen=True)
class Quantize:
    """GPTQ. group: inputs that share a scale; -1: all. damp: of the Hessian's diagonal.

    act_order: columns by falling activation. calibration: prompts; batch: of one pass.
    """

    bits: int = 4
    group: int = 32
    act_order: bool = True
    symmetric: bool = True
    damp: float = 0.05
    calibration: int = 256
    batch: int = 16

    def __post_init__(self) -> None:
        _least(self, 1, "calibration", "batch")
        if self.group < 1 and self.group != -1:
            raise ValueError(f"group cannot be {self.group}; the least is 1, or -1 for all")
        if self.bits not in BITS:
            raise ValueError(f"bits cannot be {self.bits}; use {', '.join(map(str, BITS))}")
        if not 0 < self.damp < 1:
            raise ValueError(f"damp cannot be {self.damp}; it is between 0 and 1")


@dataclass(frozen=True)
class Captioner:
    """Shape of a BLIP model that is trained from scratch, and its optimisation.

    image, patch: pixels. views: of each picture, itself among them. sight: weight of telling
    how a picture looks, beside writing its caption.
    """

    fit: Fit
    corpus: str = "harmc"
    image: int = 96
    patch: int = 8
    vocabulary: int = 2000
    hidden: int = 192
    vision_layers: int = 3
    text_layers: int = 2
    heads: int = 3
    max_tokens: int = 24
    views: int = 6
    sight: float = 1.0


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
        _least(self, 0, "evaluate_rows")
        _least(self, 1, "processes")

    def corpora(self) -> tuple[str, ...]:
        """Names of the corpora in the mixture."""
        return tuple(mix.corpus for mix in self.mix)

    def settings(self, *names: str) -> dict[str, Any]:
        """The named fields as JSON values: what a stage's manifest records."""
        everything = dataclasses.asdict(self)
        return {name: everything[name] for name in names}


def _least(settings: object, least: int, *names: str) -> None:
    for name in names:
        if getattr(settings, name) < least:
            raise ValueError(f"{name} cannot be {getattr(settings, name)}; the least is {least}")


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
    if recipe.warm_start:
        _check_warm_start(recipe, recipe.warm_start, str(path))
    return recipe


def _check_warm_start(recipe: Recipe, settings: WarmStart, where: str) -> None:
    """What the verb would refuse after an hour."""
    sources = len(recipe.mix) + bool(recipe.records)
    if recipe.lm and recipe.lm.registers < sources:
        raise UserError(f"{where}: [warm_start] wants a register a source: lm.registers={sources}")
    for one in settings.lines:
        find_corpus(one.corpus, study=True)


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
