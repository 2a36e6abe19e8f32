"""Verb: several submissions side by side: do they differ by more than chance, and on which rows?

    python -m local_test compare A B --stdin stdin.csv --labels labels.csv --output rows.csv

Each is a file of rows, or a folder that `local_test run` wrote. Differences are to the first:
AUROC by DeLong's test, accuracy by McNemar's exact test, p corrected by Holm where there are
more than two. Without labels: how alike they rank, and how often they say the same.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from data_preparation.place import prepare_file, write_whole
from local_test import tables
from local_test.bootstrap import DRAWS
from local_test.differences import add_holm, by_slice
from local_test.disagreements import (
    SUFFIXES,
    Disagreement,
    Runs,
    agreement,
    disagreements,
    lines,
    write,
)
from local_test.form import Fault
from local_test.matching import Labelling
from local_test.scoring import REFUSED, labelled, measured, read_bytes, read_rows, read_truth
from model_package.errors import UserError


def compare(runs: Runs, truth: Labelling, draws: int = DRAWS) -> dict[str, Any]:
    """How far each run agrees with the first; where there are labels also each run's measures
    and its differences to the first, whole and by language."""
    first, *others = runs
    found: dict[str, Any] = {one: agreement(runs[first], runs[one]) for one in others}
    if not any(truth.labels):
        return {"agreement": found}
    measures = {one: measured(rows, truth, draws, ("language",)) for one, rows in runs.items()}
    return {"agreement": found, "measures": measures, "differences": differences(runs, truth)}


def differences(runs: Runs, truth: Labelling) -> dict[str, Any]:
    """Of each other run to the first: `differences.by_slice`, by letter."""
    labels, base = labelled(next(iter(runs.values())), truth)
    languages = [one.names.get("language", ()) for one in labels]
    found = {
        letter: by_slice(base, labelled(rows, truth)[1], languages)
        for letter, rows in list(runs.items())[1:]
    }
    if len(found) > 1:
        add_holm(found)
    return found


def report(
    found: Mapping[str, Any], worst: Sequence[Disagreement], differing: int
) -> Iterator[str]:
    """What was found, for people."""
    for letter, one in found["agreement"].items():
        rank = "-" if one["spearman"] is None else f"{one['spearman']:.3f}"
        same = "-" if one["same_label"] is None else f"{one['same_label']:.1%}"
        yield f"{letter} and A: rank correlation (Spearman) {rank}, the same label in {same}"
    if "measures" in found:
        yield from ("", *tables.measures(tables.interleaved(found["measures"])))
    for letter, tests in found.get("differences", {}).items():
        yield from ("", *tables.differences(letter, tests))
    yield f"\nrows that differ: {differing}" + (f"; the widest {len(worst)}:" if worst else "")
    yield from lines(worst)


def _stdin(runs: Sequence[Path], given: Path | None) -> bytes:
    """The lines that all runs answer: the file given, or what a run's folder holds of them."""
    kept = [run / "stdin.csv" for run in runs if (run / "stdin.csv").is_file()]
    if not (given or kept):
        raise UserError("no --stdin, and no run is a folder that holds stdin.csv; give --stdin")
    stdin = read_bytes(given or kept[0])
    other = next((file for file in kept if read_bytes(file) != stdin), None)
    if other:
        raise UserError(f"{other} asks other lines than {given or kept[0]}; compare like with like")
    return stdin


def _rows_of(run: Path) -> Path:
    return run / "stdout.csv" if run.is_dir() else run


def _read(files: Mapping[str, Path], stdin: bytes) -> tuple[dict[str, list[bytes]], list[str]]:
    """The rows of those runs that the judge would take, and what it would say of the others."""
    read = {letter: read_rows(stdin, file) for letter, file in files.items()}
    faults = {k: v for k, v in read.items() if isinstance(v, Fault)}
    refused = [f"{_said(k, files[k])}: {REFUSED}: {fault}" for k, fault in faults.items()]
    return {k: v for k, v in read.items() if not isinstance(v, Fault)}, refused


def _said(letter: str, file: Path) -> str:
    return f"{letter} = {tables.plain(str(file), 200)}"


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_test compare", description=(__doc__ or "").splitlines()[0]
    )
    help_ = "a file of rows, or a folder that `local_test run` wrote"
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help=help_)
    parser.add_argument("--stdin", type=Path, help="the lines asked; by default a folder's own")
    parser.add_argument("--labels", type=Path, help="JSON Lines, CSV or TSV with a header, or 0/1")
    parser.add_argument("--rows", type=int, default=10, help="differing rows to print (10)")
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"of the bootstrap ({DRAWS})")
    parser.add_argument("--output", type=Path, help="all differing rows: a .csv or .jsonl to write")
    parser.add_argument("--metrics", type=Path, help="JSON to write")
    return parser.parse_args(argv)


def _check(flags: argparse.Namespace) -> None:
    if not 2 <= len(flags.runs) <= len(ascii_uppercase):
        raise UserError(f"{len(flags.runs)} given; compare 2 to {len(ascii_uppercase)} runs")
    if flags.draws < 1 or flags.rows < 0:
        raise UserError("give --draws 1 or more, and --rows 0 or more")
    if flags.output and flags.output.suffix not in SUFFIXES:
        raise UserError(f"--output {flags.output}: end its name with {' or '.join(SUFFIXES)}")
    for file in filter(None, (flags.output, flags.metrics)):
        prepare_file(file)


def run(flags: argparse.Namespace) -> int:
    """Read, compare, tell and write; the exit code."""
    _check(flags)
    stdin = _stdin(flags.runs, flags.stdin)
    truth = read_truth(flags.labels, stdin)
    files = dict(zip(ascii_uppercase, map(_rows_of, flags.runs), strict=False))
    runs, refused = _read(files, stdin)
    if refused:
        print("\n".join(refused))
        return 1
    found, differing = compare(runs, truth, flags.draws), disagreements(runs, truth)
    if flags.output:
        write(flags.output, list(runs), differing)
    if flags.metrics:
        write_whole(flags.metrics, json.dumps(found, indent=2) + "\n")
    print("\n".join(_said(letter, file) for letter, file in files.items()), end="\n\n")
    print("\n".join(report(found, differing[: flags.rows], len(differing))))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 1 when a submission would be refused, 2 for the user's mistake."""
    try:
        return run(_parse(argv))
    except UserError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
