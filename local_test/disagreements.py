"""How alike several submissions answer the same lines, and on which lines they do not."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_test.form import parse_row
from local_test.matching import Labelling
from local_test.tables import aligned, plain

SUFFIXES = (".csv", ".jsonl")
PATH = 60  # characters of a path in a table
Runs = Mapping[str, Sequence[bytes]]  # each submission's rows, by its letter


@dataclass(frozen=True)
class Disagreement:
    """line: of stdin, from 1. label: the row's own, None where it has none.
    answers: probability and label, by letter. spread: of the probabilities."""

    line: int
    path: str
    label: int | None
    answers: Mapping[str, tuple[float, int]]
    spread: float


def agreement(a: Sequence[bytes], b: Sequence[bytes]) -> dict[str, float | None]:
    """Spearman's correlation of the probabilities' ranks, None where one of them is constant;
    the share of rows with the same label, None without rows."""
    from scipy.stats import spearmanr  # noqa: PLC0415

    (probas_a, labels_a), (probas_b, labels_b) = _columns(a), _columns(b)
    ranked = len(set(probas_a)) > 1 and len(set(probas_b)) > 1
    same = sum(one == other for one, other in zip(labels_a, labels_b, strict=True))
    return {
        "spearman": float(spearmanr(probas_a, probas_b).statistic) if ranked else None,
        "same_label": same / len(a) if a else None,
    }


def _columns(rows: Sequence[bytes]) -> tuple[list[float], list[int]]:
    parsed = [parse_row(row) for row in rows]
    return [proba for proba, _ in parsed], [label for _, label in parsed]


def disagreements(runs: Runs, truth: Labelling) -> list[Disagreement]:
    """The lines on which the rows differ, the widest spread of probabilities first; of equally
    wide ones those whose labels differ first."""
    found = []
    for place, rows in enumerate(zip(*runs.values(), strict=True)):
        if len(set(rows)) > 1:
            answers = dict(zip(runs, map(parse_row, rows), strict=True))
            found.append(_disagreement(place, truth, answers))
    return sorted(found, key=lambda one: (-one.spread, _same(one), one.line))


def _disagreement(
    place: int, truth: Labelling, answers: Mapping[str, tuple[float, int]]
) -> Disagreement:
    known = truth.labels[place]
    probas = [proba for proba, _ in answers.values()]
    spread = round(max(probas) - min(probas), 4)
    label = None if known is None else known.label
    return Disagreement(place + 1, truth.paths[place], label, answers, spread)


def _same(one: Disagreement) -> bool:
    return len({label for _, label in one.answers.values()}) == 1


def lines(found: Sequence[Disagreement]) -> list[str]:
    """A table for people: each submission's probability and label beside the row's own label."""
    if not found:
        return []
    head = ["line", "label", *found[0].answers, "path"]
    return aligned([head, *([*_cells(one), plain(one.path, PATH)] for one in found)])


def _cells(one: Disagreement) -> list[str]:
    answers = [f"{proba:.4f} {label}" for proba, label in one.answers.values()]
    return [str(one.line), "-" if one.label is None else str(one.label), *answers]


def records(found: Sequence[Disagreement]) -> list[dict[str, Any]]:
    """One flat record a line: line, path, label (left out where there is none), and each
    submission's `A_proba`, `A_label`; numbers as the rows print them."""
    return [
        {"line": one.line, "path": one.path}
        | ({} if one.label is None else {"label": one.label})
        | {"spread": one.spread}
        | {f"{letter}_proba": proba for letter, (proba, _) in one.answers.items()}
        | {f"{letter}_label": label for letter, (_, label) in one.answers.items()}
        for one in found
    ]


def write(file: Path, letters: Sequence[str], found: Sequence[Disagreement]) -> None:
    """All of them, as CSV or JSON Lines by the name's end; a path's bytes stay as they are."""
    rows = records(found)
    if file.suffix == ".jsonl":
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
    else:
        text = _csv(letters, rows)
    unfinished = file.with_name(file.name + ".part")
    unfinished.write_bytes(text.encode("utf-8", "surrogateescape"))
    unfinished.replace(file)


def _csv(letters: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    answers = [f"{letter}_{part}" for part in ("proba", "label") for letter in letters]
    text = io.StringIO()
    writer = csv.DictWriter(text, ["line", "path", "label", "spread", *answers], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
