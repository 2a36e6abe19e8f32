"""A profile: which models, engines and limits; knows nothing of what any of them does.

A profile is a TOML file in `profiles/`. Its weights are a folder with one subfolder a model and
a `lock.json` that holds every file's hash (see weights.py).
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from model_package.toml_file import find_toml, read_toml

FOLDER = Path(__file__).parent / "profiles"
WEIGHTS = Path(__file__).parent / "weights"
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.05, 20.0  # beyond these, nothing is left to tell apart


SAVINGS = {  # what a meme can do without when time is short, and how that is said
    "caption": "captions only where nothing was read",
    "view": "one view a meme",
    "ocr_side": "smaller pictures for OCR",
}


@dataclass(frozen=True)
class Captioner:
    """folder: of a BLIP model, inside the weights. batch: captions decoded together."""

    folder: str = "captioner"
    hub: str = ""
    max_new_tokens: int = 20
    batch: int = 8

    def __post_init__(self) -> None:
        _refuse_below_one(self)


@dataclass(frozen=True)
class Ocr:
    """engines: in order of trust. max_side: images are shrunk to this many pixels for detection.

    min_score: lines that the engine itself believes less than this are dropped.
    """

    engines: tuple[str, ...] = ("rapidocr", "tesseract")
    max_side: int = 736
    min_score: float = 0.6


@dataclass(frozen=True)
class LanguageModel:
    """folder: of a causal LM, inside the weights.

    kernel: for GPTQ weights: `unpack` (to plain matrices, at load), `packed` (kept at 4 bits,
    unpacked layer by layer in the forward pass), `gptqmodel` (its own kernels), or `auto` (what
    is fastest of those that fit; kernel.py).
    dtype: `float32`, `bfloat16`, `float16`, or `auto` (half precision where the device has it).
    batch_tokens: padded tokens of one forward pass; a row that is longer goes alone.
    """

    folder: str = "lm"
    hub: str = ""
    kernel: str = "unpack"
    dtype: str = "auto"
    batch_tokens: int = 4096
    max_text_tokens: int = 192
    max_caption_tokens: int = 48

    def __post_init__(self) -> None:
        _refuse_below_one(self)


@dataclass(frozen=True)
class Limits:
    """What one image may cost, how long a worker may be silent, and what goes when time is short.

    row_seconds: without a sign of life, after which the worker is taken to hang; load_seconds:
    likewise while models load. savings: of `SAVINGS`, the first goes first. small_side: longer
    side, in pixels, of the pictures that OCR gets under `ocr_side`.
    """

    max_bytes: int = 64_000_000
    max_pixels: int = 64_000_000
    max_side: int = 1280
    row_seconds: float = 60.0
    load_seconds: float = 600.0
    savings: tuple[str, ...] = tuple(SAVINGS)
    small_side: int = 400

    def __post_init__(self) -> None:
        _refuse_below_one(self)
        for name in self.savings:
            if name not in SAVINGS:
                raise ValueError(f"savings: {name!r} is unknown; known: {', '.join(SAVINGS)}")


@dataclass(frozen=True)
class Profile:
    """Everything that `load` needs to know besides where the weights are.

    temperature, threshold: fitted to validation rows of the profile's own policy (verdict.py);
    the threshold is the policy's where there is none here.
    """

    name: str
    summary: str
    lm: LanguageModel
    captioner: Captioner | None = None
    ocr: Ocr = field(default_factory=Ocr)
    limits: Limits = field(default_factory=Limits)
    policy: str = "ospc"
    batch_rows: int = 8
    temperature: float = 1.0
    threshold: float | None = None

    def __post_init__(self) -> None:
        _refuse_below_one(self, besides=("temperature", "threshold"))
        if not LEAST_TEMPERATURE <= self.temperature <= MOST_TEMPERATURE:
            bounds = f"{LEAST_TEMPERATURE} to {MOST_TEMPERATURE}"
            raise ValueError(f"temperature cannot be {self.temperature}; it is from {bounds}")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold cannot be {self.threshold}; it is from 0 to 1")

    def for_policy(self, name: str | None) -> "Profile":
        """The profile under the policy that was asked for: calibrated for its own one alone."""
        if name in (None, self.policy):
            return self
        return replace(self, temperature=1.0, threshold=None)

    def models(self) -> dict[str, str]:
        """Folder and hub repository of each model."""
        models = {self.lm.folder: self.lm.hub}
        if self.captioner is not None:
            models[self.captioner.folder] = self.captioner.hub
        return models


def _refuse_below_one(settings: object, besides: tuple[str, ...] = ()) -> None:
    """No count, size or patience can be below 1."""
    for name, value in vars(settings).items():
        if name not in besides and isinstance(value, int | float) and not value >= 1:
            raise ValueError(f"{name} cannot be {value}; the least is 1")


def load_profile(name: str) -> Profile:
    """The profile called `name` in `profiles/`, or in the .toml file `name`."""
    return read_toml(find_toml(name, FOLDER, "profile"), Profile)
