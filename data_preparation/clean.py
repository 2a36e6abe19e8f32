"""From raw records to train and validation files, with a reason for every row left out.

    python -m data_preparation.clean --input a.jsonl --output DIR --against test.jsonl

writes train.jsonl, validation.jsonl, dropped.jsonl, report.md, report.json and, last, run.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data_preparation.cleaning.decontaminate import drop_known, read_test_sets
from data_preparation.cleaning.dedupe import drop_exact, drop_near
from data_preparation.cleaning.groups import join_groups
from data_preparation.cleaning.languages import check_language, drop_glosses
from data_preparation.cleaning.normalise import mend_text
from data_preparation.cleaning.report import write_all
from data_preparation.cleaning.semantic import drop_semantic
from data_preparation.cleaning.steps import Named, Sieved, apply_steps, one_by_one
from data_preparation.manifest import hash_files, unfinish, versions, write_manifest
from data_preparation.place import prepare_folder
from data_preparation.record import Record, read_records
from data_preparation.split import cut
from model_package.errors import UserError

LIBRARIES = ("datasketch", "numpy")


@dataclass(frozen=True)
class Settings:
    """How strict to be.

    near: what becomes of near-duplicates with one label: "drop", "group" (all stay, in one
    group) or "off". conflicts: whether near-duplicates with two labels are dropped. threshold:
    the least Jaccard index of near-duplicates. semantic: the least cosine of English duplicates
    in meaning; None for no such step. validation: the share of groups held back.
    """

    near: str = "drop"
    conflicts: bool = True
    threshold: float = 0.8
    semantic: float | None = None
    validation: float = 0.1

    def __post_init__(self) -> None:
        if not 0.6 <= self.threshold <= 1:
            raise UserError(f"--threshold {self.threshold}: give 0.6 to 1")
        if self.semantic is not None and not 0 < self.semantic <= 1:
            raise UserError(f"--semantic {self.semantic}: give a cosine above 0, up to 1")
        if not 0 <= self.validation < 1:
            raise UserError(f"--validation {self.validation}: give 0 or more, and less than 1")


def make_steps(settings: Settings, against: Iterable[Path] = ()) -> list[Named]:
    """The steps that `settings` ask for, in order."""
    tests = tuple(against)
    steps = [
        one_by_one("normalise", mend_text),
        one_by_one("gloss", drop_glosses),
        one_by_one("language", check_language),
        drop_exact(),
    ]
    if settings.near == "drop":
        steps.append(drop_near(settings.threshold, settings.conflicts))
    if settings.semantic is not None:
        steps.append(drop_semantic(settings.semantic))
    if tests:
        steps.append(drop_known(read_test_sets(tests, settings.threshold)))
    return steps


def clean(records: Iterable[Record], settings: Settings, against: Iterable[Path] = ()) -> Sieved:
    """`records` after every step, each kept row with a group."""
    sieved = apply_steps(records, make_steps(settings, against))
    near = settings.threshold if settings.near == "group" else None
    return Sieved(join_groups(sieved.kept, near), sieved.dropped, sieved.counts)


def read_unique(paths: Sequence[Path]) -> list[Record]:
    """The records of all files; two with one id are a `UserError`, for reasons name rows by it."""
    records: dict[str, Record] = {}
    for path in paths:
        for record in read_records(path):
            if record.id in records:
                raise UserError(f"{path}: the id {record.id!r} is there twice; make ids unique")
            records[record.id] = record
    return list(records.values())


def run(inputs: Sequence[Path], output: Path, settings: Settings, against: Sequence[Path]) -> None:
    """Clean the files at `inputs` into the folder `output`."""
    start = time.monotonic()
    prepare_folder(output)
    records = read_unique(inputs)
    sieved = clean(records, settings, against)
    split = cut(sieved.kept, settings.validation)
    if len(records) != len(split.train) + len(split.validation) + len(sieved.dropped):
        raise AssertionError(f"{len(records)} rows in, not as many out")
    unfinish(output)
    metrics = {"rows": len(records), **write_all(output, sieved, split)}
    print(json.dumps(metrics), file=sys.stderr)
    manifest = {
        "verb": "clean",
        "settings": {**asdict(settings), "against": [str(path) for path in against]},
        "inputs": hash_files([*inputs, *against]),
        "metrics": metrics,
        "seconds": round(time.monotonic() - start, 1),
        "versions": versions(LIBRARIES),
    }
    write_manifest(output, manifest)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line's flags."""
    parser = argparse.ArgumentParser(prog="python -m data_preparation.clean")
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="files of records")
    parser.add_argument("--output", type=Path, required=True, help="the folder to write")
    parser.add_argument("--against", type=Path, nargs="+", default=[], help="test sets to keep out")
    parser.add_argument("--near", choices=("drop", "group", "off"), default="drop")
    parser.add_argument("--threshold", type=float, default=0.8, help="Jaccard index, 0.6 to 1")
    parser.add_argument("--keep-conflicts", action="store_true", help="keep minimal pairs")
    parser.add_argument("--validation", type=float, default=0.1, help="share of groups held back")
    parser.add_argument(
        "--semantic",
        type=float,
        nargs="?",
        const=0.92,
        help="drop English rows that mean the same: least cosine, 0.92 if not given",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = parse(argv)
    try:
        settings = Settings(
            flags.near,
            not flags.keep_conflicts,
            flags.threshold,
            flags.semantic,
            flags.validation,
        )
        run(flags.input, flags.output, settings, flags.against)
    except UserError as error:
        print(f"clean: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
