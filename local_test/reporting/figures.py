"""What the report says in numbers: measures with intervals, stage timings, memory over time.

Knows no page; values that JSON can hold.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from local_test.reporting.run_folder import CURE
from local_test.slices import Columns, sliced, summary
from model_package.errors import UserError
from model_package.evidence import Prediction

POINTS = 400  # of memory over time: enough for the eye


def measures(
    rows: Sequence[Prediction], labels: Sequence[int | None], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """`slices.summary` of all labelled rows, named `all`, then of each language where there are
    several; empty without a label. languages: "" where unknown."""
    known = [number for number, label in enumerate(labels) if label is not None]
    if not known:
        return []
    columns = Columns(
        [int(labels[n] or 0) for n in known],
        [rows[n].proba for n in known],
        [rows[n].label for n in known],
    )
    names = [{languages[n]} - {""} for n in known]
    each = sliced(columns, names) if len(set().union(*names)) > 1 else {}
    return [{"name": name, **one} for name, one in {"all": summary(columns), **each}.items()]


def threshold(rows: Sequence[Prediction], likely: Sequence[float] = ()) -> float:
    """The threshold that the verdicts, `proba > threshold`, were drawn at, as far as rows tell
    that are no fallbacks.

    The first of `likely` that fits, or 0.5; else the shortest decimal near the middle of the gap;
    where verdicts follow no threshold, the likeliest.
    """
    answered = [row for row in rows if row.fallback is None]
    benign = max((row.proba for row in answered if not row.label), default=0.0)
    harmful = min((row.proba for row in answered if row.label), default=1.0)
    middle = (benign + harmful) / 2
    tried = [*likely, 0.5, *(round(middle, places) for places in range(1, 5)), benign]
    return next((one for one in tried if benign <= one < harmful), tried[0])


def fallbacks(rows: Sequence[Prediction]) -> list[tuple[str, int]]:
    """Reasons why rows got the fallback, most frequent first."""
    return Counter(row.fallback for row in rows if row.fallback is not None).most_common()


def timings(rows: Sequence[Prediction]) -> list[dict[str, Any]]:
    """Each stage's seconds a row: median and 95th percentile over the rows that it ran for,
    the sum, and its share of all stages' time; slowest first."""
    names = dict.fromkeys(name for row in rows for name in row.seconds)
    held = {name: [row.seconds[name] for row in rows if name in row.seconds] for name in names}
    total = sum(map(sum, held.values())) or 1.0
    stages = [_timing(name, spent, total) for name, spent in held.items()]
    return sorted(stages, key=lambda stage: -stage["total"])


def _timing(name: str, spent: Sequence[float], total: float) -> dict[str, Any]:
    median, p95 = np.percentile(spent, [50, 95])
    return {
        "stage": name,
        "rows": len(spent),
        "median": float(median),
        "p95": float(p95),
        "total": sum(spent),
        "share": sum(spent) / total,
    }


def read_memory(folder: Path) -> list[Any]:
    """The samples that `python -m local_test run` left in `folder`: (seconds, memory MiB, GPU MiB
    or None), thinned to the highest of each stretch."""
    try:
        text = (folder / "memory.csv").read_text(encoding="utf-8")
        return _thinned([_sample(row) for row in csv.DictReader(text.splitlines())])
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
    except (ValueError, KeyError, TypeError):
        why = f"{folder}/memory.csv is not as it was written"
    raise UserError(f"{why}; {CURE}")


def _sample(row: Mapping[str, str]) -> tuple[float, float, float | None]:
    gpu = row["gpu_mib"]
    return float(row["seconds"]), float(row["memory_mib"]), float(gpu) if gpu else None


def _thinned(samples: Sequence[Any]) -> list[Any]:
    step = -(-len(samples) // POINTS) or 1
    stretches = [samples[start : start + step] for start in range(0, len(samples), step)]
    return [max(one, key=lambda sample: sample[1]) for one in stretches]
