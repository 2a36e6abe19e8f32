"""Writes the functional data set, train.jsonl and validation.jsonl: the same bytes every time.

python -m data_preparation.functional --output datasets/functional [--rows N] [--plain N] [--seed N]
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from data_preparation.functional.about import about
from data_preparation.functional.book import files, read_book, read_plain
from data_preparation.functional.rows import add_plain, draw
from data_preparation.manifest import hash_file, unfinish, write_manifest
from data_preparation.place import prepare_folder
from data_preparation.record import write_records
from data_preparation.split import Split
from model_package.errors import UserError

ROWS = 16_600
PLAIN = 12_000
PACKAGE = Path(__file__).parent.parent


def write(split: Split, folder: Path, settings: Mapping[str, int]) -> None:
    """Write data, card and manifest into `folder`; the manifest tells `settings`."""
    unfinish(folder)
    parts = {"train": split.train, "validation": split.validation}
    for name, part in parts.items():
        write_records(folder / f"{name}.jsonl", part)
    (folder / "README.md").write_text(about(parts), encoding="utf-8")
    manifest = {
        "verb": "functional",
        "settings": dict(settings),
        "inputs": {path.relative_to(PACKAGE).as_posix(): hash_file(path) for path in files()},
        "metrics": {name: len(part) for name, part in parts.items()},
        "outputs": {f"{name}.jsonl": hash_file(folder / f"{name}.jsonl") for name in parts},
    }
    write_manifest(folder, manifest)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_preparation.functional")
    parser.add_argument("--output", type=Path, required=True, help="the folder to write")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows to train on (%(default)s)")
    parser.add_argument("--plain", type=int, default=PLAIN, help="plain rows more (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="draws other rows (%(default)s)")
    flags = parser.parse_args(argv)
    try:
        prepare_folder(flags.output)
        split = draw(read_book(), flags.rows, flags.seed)
        split = add_plain(split, read_plain(), flags.plain, flags.seed)
        settings = {name: getattr(flags, name) for name in ("rows", "plain", "seed")}
        write(split, flags.output, settings)
    except UserError as error:
        print(f"functional: {error}", file=sys.stderr)
        return 2
    print(f"functional: {len(split.train)} + {len(split.validation)} rows", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
