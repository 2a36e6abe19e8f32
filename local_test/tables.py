"""Tables of measures and of differences, for people to read on a terminal; knows no files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_test.slices import FEW

TITLES = {
    "auroc": "AUROC",
    "accuracy": "accuracy",
    "average_precision": "average precision",
    "f1": "F1",
    "ece": "ECE",
}
DIFFERENCES = {  # and what is told where one is missing
    "auroc": "needs two rows of each class, of different groups",
    "accuracy": "needs rows of two groups",
}
WIDEST = 24  # characters of a row's name


def measures(named: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line a summary of `slices.summary`, under a head: each measure with its interval."""
    head = ["", "rows", "harmful", *TITLES.values(), ""]
    rows = [[plain(name), str(one["rows"]), str(one["harmful"])] for name, one in named.items()]
    for row, one in zip(rows, named.values(), strict=True):
        row += [_cell(one[measure]) for measure in TITLES]
        row.append(one.get("note", "").partition(":")[0])
    return aligned([head, *rows])


def interleaved(runs: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Runs below one another, first of all rows, then language by language; for `measures`."""
    found = {f"all {run}": one["all"] for run, one in runs.items()}
    for name in next(iter(runs.values()))["slices"]["language"]:
        found |= {f"{name} {run}": one["slices"]["language"][name] for run, one in runs.items()}
    return found


def _cell(score: Mapping[str, float] | None) -> str:
    """A value with its interval, as `0.812 (.70-.90)`; a dash where it is undefined."""
    if score is None:
        return "-"
    low, high = (f"{score[end]:.2f}".removeprefix("0") for end in ("low", "high"))
    return f"{score['value']:.3f} ({low}-{high})"


def differences(letter: str, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What `differences.by_slice` found of run `letter` less run A, under a head."""
    holm = any("p_holm" in (one[m] or {}) for one in found.values() for m in DIFFERENCES)
    head = f"{'rows':<10} {'measure':<9} {'n':>6} {'A':>7} {letter:>7} "
    head += f"{f'{letter} - A (95 %)':>27} {'p':>8}" + (f" {'p, Holm':>8}" if holm else "")
    return [head, *_differences(found)]


def _differences(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, tests in found.items():
        for measure, missing in DIFFERENCES.items():
            told = _tested(tests[measure]) if tests[measure] else missing
            yield f"{plain(name):<10} {measure:<9} {tests['rows']:>6} {told}"
    rows, groups = found["all"]["rows"], found["all"]["groups"]
    if groups < rows:
        few = "; so few make intervals, and p of AUROC, too sure" if groups < FEW else ""
        yield f"{rows} rows of {groups} groups, each taken as one draw{few}"


def _tested(one: Mapping[str, float]) -> str:
    change = f"{one['difference']:+.4f} ({one['low']:+.4f} to {one['high']:+.4f})"
    holm = f" {one['p_holm']:>8.2g}" if "p_holm" in one else ""
    return f"{one['a']:>7.4f} {one['b']:>7.4f} {change:>27} {one['p']:>8.2g}{holm}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose columns have one width each; all but the first and the last lean right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *cells, last in rows:
        middle = [cell.rjust(width) for cell, width in zip(cells, widths[1:-1], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *middle, last]).rstrip())
    return lines


def plain(text: str, most: int = WIDEST) -> str:
    """A name as a terminal may show it: nothing that moves the cursor, the end when it is long."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= most else f"...{shown[3 - most :]}"
