"""The settings of training: the tables of a recipe that say what is learnt, and how."""

from dataclasses import dataclass

from training_pipeline.bounds import above_zero, at_least, share


@dataclass(frozen=True)
class Mix:
    """One corpus of the mixture, and how often an epoch shows each harmful and benign row.

    A fraction shows that share of the rows, another share in the next epoch.
    """

    corpus: str
    harmful: float = 1.0
    benign: float = 1.0

    def __post_init__(self) -> None:
        at_least(self, 0, "harmful", "benign")


VIEWS = ("turns", "all")
ADAPTERS = ("full", "lora", "qlora")


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
        at_least(self, 1, "epochs", "batch", "length", "accumulate", "checkpoint", "keep")
        at_least(self, 0, "steps", "prompts", "warmup", "weight_decay")
        above_zero(self, "learning_rate")
        if not 0 < self.beta2 < 1:
            raise ValueError(f"beta2 cannot be {self.beta2}; it is between 0 and 1")


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
        at_least(self, 1, "r", "alpha")
        share(self, "dropout")

    @property
    def merges(self) -> bool:
        """Whether the tuned model is not the finished one."""
        return self.kind != "full" or self.kept < 1


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

    def __post_init__(self) -> None:
        at_least(self, 0, "max_text_tokens", "max_caption_tokens")
        share(self, "borrowed", "noise", "misread", "attacked")


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

    def __post_init__(self) -> None:
        above_zero(self, "strength")
        at_least(self, 0, "shared")


@dataclass(frozen=True)
class WarmStart:
    """The linear models that the LM begins as; those of corpora that `lines` lacks are usual.

    attacked: share of the texts that they are fitted to a second time with an attack written
    beside them, as in `Prompts`.
    """

    lines: tuple[CorpusLine, ...] = ()
    attacked: float = 0.0

    def __post_init__(self) -> None:
        share(self, "attacked")
