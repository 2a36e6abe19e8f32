"""The shapes of models: a recipe's tables for those made from scratch, and for quantized ones."""

from dataclasses import dataclass

from training_pipeline.bounds import at_least, multiple
from training_pipeline.settings import Fit

BITS = (2, 4, 8)  # that the runtime unpacks


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

    def __post_init__(self) -> None:
        at_least(self, 1, "vocabulary", "intermediate", "layers", "heads", "kv_heads", "positions")
        at_least(self, 1, "hidden")
        at_least(self, 0, "phrases", "registers")
        multiple(self, "hidden", of="heads")
        multiple(self, "heads", of="kv_heads")
        if self.head % 2:
            raise ValueError(f"hidden / heads cannot be {self.head}; positions turn pairs (RoPE)")

    @property
    def head(self) -> int:
        """Dimensions of one head."""
        return self.hidden // self.heads


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

    def __post_init__(self) -> None:
        at_least(self, 1, "image", "patch", "vocabulary", "hidden", "heads")
        at_least(self, 1, "vision_layers", "text_layers", "max_tokens", "views")
        at_least(self, 0, "sight")
        multiple(self, "hidden", of="heads")
        multiple(self, "image", of="patch")


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
        at_least(self, 1, "calibration", "batch")
        if self.group < 1 and self.group != -1:
            raise ValueError(f"group cannot be {self.group}; the least is 1, or -1 for all")
        if self.bits not in BITS:
            raise ValueError(f"bits cannot be {self.bits}; use {', '.join(map(str, BITS))}")
        if not 0 < self.damp < 1:
            raise ValueError(f"damp cannot be {self.damp}; it is between 0 and 1")


def lines_width(sources: int) -> int:
    """Dimensions of a head, and neurons, that the lines of so many sources take (linear_path.py).

    The slower half of a head in pairs: one for each source, and one more.
    """
    return 4 * sources + 4
