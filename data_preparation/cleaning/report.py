"""What a set of records is made of, and what was dropped: counts, tables and files."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_preparation.cleaning.steps import Dropped, Sieved
from data_preparation.record import Record, to_json, write_records
from data_preparation.split import Split

LABELS = {1: "harmful", 0: "benign", None: "unlabelled"}
Value = Callable[[Record], object]
BY: dict[str, Value] = {
    "language": lambda row: row.language,
    "source": lambda row: row.source,
    "category": lambda row: row.category,
}


def counts_by(records: Iterable[Record], value: Value) -> dict[str, dict[str, int]]:
    """Rows by `value` and label, the commonest value first, then by name."""
    pairs = Counter((str(value(row) or "none"), LABELS[row.label]) for row in records)
    totals: Counter[str] = Counter()
    for (name, _), count in pairs.items():
        totals[name] += count
    names = sorted(totals, key=lambda name: (-totals[name], name))
    return {name: _labels(pairs, name) for name in names}


def balance(records: Sequence[Record], by: Mapping[str, Value] | None = None) -> dict[str, Any]:
    """How many rows and groups, and how they spread over labels and the fields of `by`."""
    labels = Counter(LABELS[row.label] for row in records)
    spread = {name: counts_by(records, value) for name, value in (by or BY).items()}
    groups = len({row.group or row.id for row in records})
    return {"rows": len(records), "groups": groups, "label": dict(sorted(labels.items())), **spread}


def reasons(dropped: Iterable[Dropped]) -> dict[str, int]:
    """Drops by step and the kind of reason, which is what stands before the first colon."""
    kinds = Counter(f"{one.step}: {_kind(one)}" for one in dropped)
    return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def table(title: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    """`counts` as a Markdown table, with each row's share of harmful among the labelled."""
    columns = [name for name in LABELS.values() if any(row.get(name) for row in counts.values())]
    head = [title, "rows", *columns, "harmful share"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for name, row in counts.items():
        cells = [str(row.get(column, 0)) for column in columns]
        lines.append([_cell(name), str(sum(row.values())), *cells, _share(row)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(parts: Mapping[str, Mapping[str, Any]], dropped: Mapping[str, int]) -> str:
    """A report of several named balances, and of what was dropped."""
    lines = ["# Balance"]
    for part, found in parts.items():
        labels = ", ".join(f"{count} {label}" for label, count in found["label"].items())
        lines += ["", f"## {part}", f"{found['rows']} rows in {found['groups']} groups: {labels}"]
        for name, counts in found.items():
            if name not in {"rows", "groups", "label"} and counts:
                lines += ["", table(name, counts)]
    lines += ["", "## Dropped", "", "| step: reason | rows |", "| --- | ---: |"]
    lines += [f"| {_cell(reason)} | {count} |" for reason, count in dropped.items()]
    return "\n".join(lines) + "\n"


def write_dropped(path: Path, dropped: Iterable[Dropped]) -> None:
    """One JSON object a line: step, reason, record."""
    lines = (
        {"step": one.step, "reason": one.reason, "record": json.loads(to_json(one.record))}
        for one in dropped
    )
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )


def write_all(folder: Path, sieved: Sieved, split: Split) -> dict[str, Any]:
    """Write data, drops and report into `folder`; the counts for the manifest."""
    write_records(folder / "train.jsonl", split.train)
    write_records(folder / "validation.jsonl", split.validation)
    write_dropped(folder / "dropped.jsonl", sieved.dropped)
    parts = {"train": balance(split.train), "validation": balance(split.validation)}
    why = reasons(sieved.dropped)
    (folder / "report.md").write_text(markdown(parts, why), encoding="utf-8")
    text = json.dumps({**parts, "dropped": why}, indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    sizes = {"train": len(split.train), "validation": len(split.validation)}
    return {**sizes, "dropped": len(sieved.dropped), "dropped_by": sieved.counts}


def _kind(one: Dropped) -> str:
    return one.reason.split(":")[0].split(" of ")[0]


def _labels(pairs: Mapping[tuple[str, str], int], name: str) -> dict[str, int]:
    return {label: pairs[name, label] for label in LABELS.values() if (name, label) in pairs}


def _share(row: Mapping[str, int]) -> str:
    labelled = row.get("harmful", 0) + row.get("benign", 0)
    return f"{row.get('harmful', 0) / labelled:.2f}" if labelled else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
