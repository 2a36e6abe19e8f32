"""The project's own data sets, datasets/v1 to v3, from the grammar: the same bytes every time.

    python -m data_preparation.build v1 v2 v3 --output datasets

A recipe (recipes/*.toml) says which languages, how many memes of each kind, and how much noise.
Nothing that differs between machines or days is written: no time, no version, no full path.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data_preparation.card import card
from data_preparation.clean import Settings, clean
from data_preparation.cleaning.report import reasons
from data_preparation.cleaning.steps import Sieved
from data_preparation.grammar import FOLDER as GRAMMAR
from data_preparation.manifest import hash_file, unfinish, write_manifest
from data_preparation.ocr_noise import TABLE, apply
from data_preparation.place import prepare_folder
from data_preparation.record import Record, write_records
from data_preparation.sample import Noise, Recipe, add_noise, hold, load_recipe, records
from data_preparation.split import Split
from model_package.errors import UserError


@dataclass(frozen=True)
class Built:
    """A data set in memory: its rows, and what cleaning said of them."""

    split: Split
    sieved: Sieved


def build(recipe: Recipe, noise: Noise | None) -> Built:
    """The rows of `recipe`: picked, cleaned, made noisy, split by family, in a fixed order."""
    settings = Settings(conflicts=False, threshold=recipe.threshold)
    sieved = clean(records(recipe), settings)
    rows = sieved.kept if noise is None else add_noise(noise, sieved.kept, recipe.noise)
    return Built(hold(sorted(rows, key=_place), recipe.held), sieved)


def write(built: Built, recipe: Recipe, folder: Path, noisy: bool) -> None:
    """Write data, card and manifest into `folder`."""
    unfinish(folder)
    split = {"train": built.split.train, "validation": built.split.validation}
    for name, rows in split.items():
        write_records(folder / f"{name}.jsonl", rows)
    text = card(
        recipe.name, recipe.summary, recipe.weaknesses, split, reasons(built.sieved.dropped)
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    manifest = {
        "verb": "build",
        "settings": {**asdict(recipe), "noise": recipe.noise if noisy else 0.0},
        "inputs": _inputs(noisy),
        "metrics": {
            **{name: len(rows) for name, rows in split.items()},
            "dropped": len(built.sieved.dropped),
            "dropped_by": built.sieved.counts,
        },
        "outputs": {f"{name}.jsonl": hash_file(folder / f"{name}.jsonl") for name in split},
    }
    write_manifest(folder, manifest)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_preparation.build")
    parser.add_argument("recipes", nargs="+", help="names in recipes/, or .toml files")
    parser.add_argument("--output", type=Path, required=True, help="each gets a folder in here")
    flags = parser.parse_args(argv)
    try:
        for recipe in map(load_recipe, flags.recipes):
            prepare_folder(flags.output / recipe.name)
            noise = apply if recipe.noise else None
            built = build(recipe, noise)
            write(built, recipe, flags.output / recipe.name, noise is not None)
            sizes = len(built.split.train), len(built.split.validation)
            print(f"{recipe.name}: {sizes[0]} + {sizes[1]} rows", file=sys.stderr)
    except UserError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    return 0


def _place(row: Record) -> str:
    """Shuffles, and leaves other rows where they are when one comes or goes."""
    return hashlib.sha256(row.id.encode()).hexdigest()


def _inputs(noisy: bool) -> dict[str, str]:
    read = [GRAMMAR / f"{name}.toml" for name in ("groups", "scenes", "slots")]
    read += [TABLE] if noisy else []
    paths = sorted([*read, *(GRAMMAR / "families").glob("*.toml")])
    return {path.relative_to(GRAMMAR.parent).as_posix(): hash_file(path) for path in paths}


if __name__ == "__main__":
    sys.exit(main())
