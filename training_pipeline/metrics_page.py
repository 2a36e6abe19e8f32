"""metrics.md: what metrics.json holds, as tables for people; knows nothing of how it came."""

from collections.abc import Iterator, Mapping
from typing import Any

NAMES = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "accuracy": "accuracy",
    "f1": "F1",
    "ece": "ECE",
    "false_positive_rate": "false positive rate",
}
KINDS = {
    "language": "By language",
    "source": "By source",
    "category": "By category",
    "target": "By kind of people spoken of",
}
NOTES = """\
Each value stands with its 95 % interval, from {draws} bootstrap draws of the rows. ECE is the
expected calibration error of the probability of harm in 15 equally wide bins; the false positive
rate is the share of harmless rows called harmful; F1 is of the harmful class. A dash stands where
a measure is undefined, such as AUROC where one class is absent.
"""


def page(metrics: Mapping[str, Any]) -> str:
    """The page's Markdown."""
    return "\n".join(_lines(metrics)) + "\n"


def _lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Evaluation of profile {metrics['profile']}, policy {metrics['policy']}\n"
    yield from _facts(metrics)
    yield NOTES.format(draws=metrics["draws"])
    yield from _table({"all": metrics})
    for kind, title in KINDS.items():
        if metrics["slices"][kind]:
            yield f"\n## {title}\n"
            yield from _table(metrics["slices"][kind])
    yield "\n## Harmless mentions of an identity\n"
    yield from _mentions(metrics["harmless_mentions"])
    yield "\n## Plots\n"
    for name in ("roc", "precision_recall", "reliability"):
        yield f"![{name.replace('_', ' ')}]({name}.png)"


def _facts(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"- {metrics['rows']} rows, {metrics['harmful']} of them harmful, from {metrics['input']}"
    yield f"- a row is called harmful above {metrics['threshold']:g}"
    yield f"- temperature {metrics['temperature']:g}"
    if metrics["fallbacks"]:
        yield f"- {metrics['fallbacks']} rows could not be judged: the policy's fallback stands"
    if "calibration" in metrics:
        one = metrics["calibration"]
        yield "- temperature and threshold were fitted to these very rows, which flatters the"
        yield f"  accuracy, F1 and ECE below; before, ECE was {one['ece_before']:.3f}"
    if "note" in metrics:
        yield f"- {metrics['note']}"
    yield ""


def _table(slices: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"| | rows | harmful | {' | '.join(NAMES.values())} | |"
    yield "| --- " * (len(NAMES) + 4) + "|"
    for name, one in slices.items():
        values = " | ".join(cell(one[measure]) for measure in NAMES)
        note = one.get("note", "")
        yield f"| {_escape(name)} | {one['rows']} | {one['harmful']} | {values} | {note} |"


def _mentions(slices: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not slices:
        yield "None of these rows is one."
        return
    yield "| | rows | called harmful |\n| --- | --- | --- |"
    for name, one in slices.items():
        yield f"| {_escape(name)} | {one['rows']} | {cell(one['false_positive_rate'])} |"


def cell(score: Mapping[str, float] | None) -> str:
    """A value with its interval, or a dash."""
    if score is None:
        return "–"
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"


def _escape(name: str) -> str:
    return " ".join(name.replace("|", "\\|").split())
