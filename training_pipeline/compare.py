"""Verb: do two runs differ by more than chance, on the rows that both answered?

    python -m training_pipeline.compare runs/a runs/b --output difference.json

A and B are folders that evaluate wrote. AUROC by DeLong's test, accuracy by McNemar's exact
test, whole and by language; a difference is B less A.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data_preparation.place import prepare_file, write_whole
from local_test.paired import Difference, accuracy_difference, auroc_difference
from model_package.errors import UserError
from training_pipeline.answers import Answer, read_answers

Pairs = Sequence[tuple[Answer, Answer]]
HEAD = f"{'rows':<10} {'measure':<9} {'n':>6} {'A':>7} {'B':>7} {'B - A (95 %)':>27} {'p':>8}"


def compare(a: Path, b: Path) -> dict[str, Any]:
    """Differences of AUROC and accuracy, whole and by language, and the rows left out."""
    first, second = read_answers(a), read_answers(b)
    shared = [(one, second[one.id]) for one in first.values() if one.id in second]
    if not shared:
        raise UserError(f"{a} and {b} share no ids; compare runs over the same records")
    other = next((one.id for one, two in shared if one.label != two.label), None)
    if other is not None:
        raise UserError(f"{other!r} is labelled otherwise in {b} than in {a}")
    left = {"only_a": len(first) - len(shared), "only_b": len(second) - len(shared)}
    return {"a": str(a), "b": str(b), **left, "slices": dict(_slices(shared))}


def _slices(pairs: Pairs) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "all", _tests(pairs)
    languages = sorted({one.language for one, _ in pairs} - {""})
    for language in languages if len(languages) > 1 else ():
        yield language, _tests([pair for pair in pairs if pair[0].language == language])


def _tests(pairs: Pairs) -> dict[str, Any]:
    labels = [one.label for one, _ in pairs]
    right = [[one.verdict == one.label for one in side] for side in zip(*pairs, strict=True)]
    enough = 2 <= sum(labels) <= len(labels) - 2
    probas = [[one.proba for one in side] for side in zip(*pairs, strict=True)]
    return {
        "rows": len(pairs),
        "auroc": asdict(auroc_difference(labels, *probas)) if enough else None,
        "accuracy": asdict(accuracy_difference(*right)),
    }


def table(found: dict[str, Any]) -> str:
    """What `compare` found, for people."""
    lines = [f"A = {found['a']}, B = {found['b']}", HEAD]
    for name, tests in found["slices"].items():
        lines += [_line(name, one, tests["rows"], tests[one]) for one in ("auroc", "accuracy")]
    if found["only_a"] or found["only_b"]:
        lines.append(f"left out: {found['only_a']} rows of A alone, {found['only_b']} of B alone")
    return "\n".join(lines)


def _line(name: str, measure: str, rows: int, values: dict[str, float] | None) -> str:
    start = f"{name:<10} {measure:<9} {rows:>6} "
    if values is None:
        return f"{start}needs two rows of each class"
    one = Difference(**values)
    change = f"{one.difference:+.4f} ({one.low:+.4f} to {one.high:+.4f})"
    return f"{start}{one.a:>7.4f} {one.b:>7.4f} {change:>27} {one.p:>8.2g}"


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
