"""Verb: do two runs differ by more than chance, on the rows that both answered?

    python -m training_pipeline.compare runs/a runs/b --output difference.json

A and B are folders that evaluate wrote. AUROC by DeLong's test, accuracy by McNemar's exact
test, whole and by language, rows of one group taken as one draw (local_test/paired.py); a
difference is B less A. Groups are those of A.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_preparation.place import prepare_file, write_whole
from local_test.differences import by_slice
from local_test.slices import Columns
from local_test.tables import differences
from model_package.errors import UserError
from training_pipeline.answers import Answer, columns, read_answers

Pairs = Sequence[tuple[Answer, Answer]]


def compare(a: Path, b: Path) -> dict[str, Any]:
    """Differences of AUROC and accuracy, whole and by language, and the rows left out."""
    first, second = read_answers(a), read_answers(b)
    shared = [(one, second[one.id]) for one in first.values() if one.id in second]
    if not shared:
        raise UserError(f"{a} and {b} share no ids; compare runs over the same records")
    other = next((one.id for one, two in shared if one.label != two.label), None)
    if other is not None:
        raise UserError(f"{other!r} is labelled otherwise in {b} than in {a}")
    languages = [(one.language,) if one.language else () for one, _ in shared]
    left = {"only_a": len(first) - len(shared), "only_b": len(second) - len(shared)}
    return {"a": str(a), "b": str(b), **left, "slices": by_slice(*_sides(shared), languages)}


def _sides(pairs: Pairs) -> tuple[Columns, Columns]:
    first, second = zip(*pairs, strict=True)
    return columns(first), columns(second)


def table(found: dict[str, Any]) -> str:
    """What `compare` found, for people."""
    lines = [f"A = {found['a']}, B = {found['b']}", *differences("B", found["slices"])]
    if found["only_a"] or found["only_b"]:
        lines.append(f"left out: {found['only_a']} rows of A alone, {found['only_b']} of B alone")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training_pipeline.compare", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("a", type=Path, metavar="A", help="a folder that evaluate wrote")
    parser.add_argument("b", type=Path, metavar="B", help="another")
    parser.add_argument("--output", type=Path, help="JSON to write")
    flags = parser.parse_args(argv)
    try:
        output = prepare_file(flags.output) if flags.output else None
        found = compare(flags.a, flags.b)
    except UserError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    print(table(found))
    if output:
        write_whole(output, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
