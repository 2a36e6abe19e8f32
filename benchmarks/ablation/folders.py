"""Where the language models lie that an ablation compares; imports no heavy library."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model_package.errors import UserError

TUNED = ("merge", "train")  # the last of a ladder's verbs that left a whole tuned model


@dataclass(frozen=True)
class Folders:
    """Language models: the shipped one; before tuning; tuned, before quantizing."""

    shipped: Path
    untuned: Path | None = None
    full: Path | None = None

    def files(self) -> list[Path]:
        """The weights of each model that there is."""
        there = (self.shipped, self.untuned, self.full)
        return [folder / "model.safetensors" for folder in there if folder]


def find_folders(shipped: Path, runs: Path, untuned: Path | None, full: Path | None) -> Folders:
    """The models given, or those that a ladder left in `runs`; a missing one is noted, and None.

    Raises `UserError` for a folder that was given and holds no model.
    """
    return Folders(
        shipped,
        _model("--untuned", untuned, (runs / "pretrain",)),
        _model("--full", full, tuple(runs / verb for verb in TUNED)),
    )


def _model(flag: str, given: Path | None, usual: Sequence[Path]) -> Path | None:
    there = [path for path in ([given] if given else usual) if (path / "config.json").is_file()]
    if given and not there:
        raise UserError(f"{flag} {given}: no model is there (it has no config.json)")
    if not there:
        print(f"no model in {usual[0]}, so its comparison is left out: {flag}", file=sys.stderr)
    return there[0] if there else None
