"""What a submission's rows say, and what they are worth beside labels; knows no command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from local_test.form import Fault, count_lines, fault_in, parse_row
from local_test.labels import KINDS, read_labels
from local_test.matching import Label, Labelling, unlabelled
from local_test.slices import Columns, sliced, summary
from model_package.errors import UserError

REFUSED = "Output Format Error"  # the leaderboard's own words
FALLBACK = b"0.5000\t0\n"


def read_bytes(file: Path) -> bytes:
    """The file's content, or a `UserError`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from error


def read_truth(labels: Path | None, stdin: bytes) -> Labelling:
    """What the lines of `stdin` mean, with their labels where a file of them is given."""
    if labels is None:
        return unlabelled(stdin)
    truth = read_labels(labels, stdin)
    if truth.paths and not any(truth.labels):
        cure = "name images as stdin does, or by file name alone"
        raise UserError(f"{labels}: no label is for a line of stdin; {cure}")
    return truth


def read_rows(stdin: bytes, stdout: Path) -> list[bytes] | Fault:
    """The rows that answer `stdin`, or why the judge would refuse them; the file is read once."""
    rows: list[bytes] = []
    try:
        with stdout.open("rb") as file:
            return fault_in(count_lines(stdin), file, rows) or rows
    except OSError as error:
        raise UserError(f"{stdout}: cannot be read: {error.strerror}") from error


def overview(rows: Sequence[bytes]) -> dict[str, Any]:
    """What rows say without labels: how many, how many harmful, the quartiles (least, 25 %,
    median, 75 %, most; None without rows) and how many are exactly the fallback row."""
    parsed = [parse_row(row) for row in rows]
    probas = [proba for proba, _ in parsed]
    return {
        "rows": len(rows),
        "called_harmful": sum(label for _, label in parsed),
        "quartiles": np.quantile(probas, [0, 0.25, 0.5, 0.75, 1]).tolist() if probas else None,
        "fallbacks": sum(row == FALLBACK for row in rows),
    }


def measured(
    rows: Sequence[bytes], truth: Labelling, draws: int, kinds: Sequence[str] = KINDS
) -> dict[str, Any]:
    """The measures of the labelled rows, whole and by slice; and how many have no label."""
    labels, columns = labelled(rows, truth)
    names = {kind: [one.names.get(kind, ()) for one in labels] for kind in kinds}
    return {
        "draws": draws,
        "unlabelled": len(rows) - len(labels),
        "unused_labels": truth.unused,
        "all": summary(columns, draws) if labels else None,
        "slices": {kind: sliced(columns, one, draws) for kind, one in names.items()},
    }


def labelled(rows: Sequence[bytes], truth: Labelling) -> tuple[list[Label], Columns]:
    """The rows that have a label, with it."""
    known = [(one, parse_row(row)) for one, row in zip(truth.labels, rows, strict=True) if one]
    labels = [one for one, _ in known]
    probas, verdicts = [row[0] for _, row in known], [row[1] for _, row in known]
    groups = [one.group for one in labels]
    return labels, Columns([one.label for one in labels], probas, verdicts, groups)
