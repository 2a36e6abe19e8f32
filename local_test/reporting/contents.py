"""What the page is told: the rows, what they are by label, and every figure drawn of them.

Knows no HTML; the keys are those that the page's scripts read.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from local_test.calibration import reliability
from local_test.reporting import figures
from local_test.reporting.truth import Truth
from model_package.evidence import Prediction


def contents(
    rows: Sequence[Prediction], truth: Truth, likely: Sequence[float] = ()
) -> dict[str, Any]:
    """Everything about `rows` that the page shows, but its pictures and the run's folder.

    likely: thresholds that the verdicts may have been drawn at."""
    known = [(label, row.proba) for label, row in zip(truth.labels, rows, strict=True)]
    pairs = [(label, proba) for label, proba in known if label is not None]
    bins = reliability(*zip(*pairs, strict=True)) if pairs else []
    return {
        "rows": [_row(*one) for one in zip(rows, truth.labels, truth.languages, strict=True)],
        "threshold": figures.threshold(rows, likely),
        "measures": figures.measures(rows, truth.labels, truth.languages),
        "bins": [asdict(one) for one in bins],
        "fallbacks": figures.fallbacks(rows),
        "timings": figures.timings(rows),
    }


def notes(rows: Sequence[Prediction], truth: Truth, was_cut: bool, asked: int = 0) -> list[str]:
    """What a reader should know of where the figures come from. asked: lines of the run's stdin."""
    unknown = sum(label is None for label in truth.labels)
    some = f"{unknown} of {len(rows)} memes have no label; measures and curves leave them out."
    cut = "The evidence file's last line was half-written and is left out."
    none = f"{truth.unused} labels are for no meme of this evidence."
    short = f"The run was asked for {asked} memes, and ended before it had answered them all."
    said = {
        short: len(rows) < asked,
        cut: was_cut,
        some: 0 < unknown < len(rows),
        none: truth.unused > 0,
    }
    return [text for text, holds in said.items() if holds]


def _row(row: Prediction, label: int | None, language: str) -> dict[str, Any]:
    return {
        "path": row.path,
        "caption": row.evidence.caption,
        "text": row.evidence.ocr_text,
        "views": {name: round(value, 4) for name, value in row.views.items()},
        "proba": row.proba,
        "called": row.label,
        "label": label,
        "language": language,
        "fallback": row.fallback,
        "seconds": row.seconds,
    }
