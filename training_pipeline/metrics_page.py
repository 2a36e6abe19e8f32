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
Each value stands with its 95 % interval, from {draws} bootstrap draws of whole groups of rows
(near copies, or made from one template; a row without a group is its own). Of few groups it is
still too narrow; where one group alone could tell, it is 0 to 1. ECE is the expected calibration
error of the probability of harm in 15 equally wide bins; the false positive rate is the share of
harmless rows called harmful; F1 is of the harmful class. A dash stands where a measure is
undefined, such as AUROC where one class is absent.
"""


def page(metrics: Mapping[str, Any]) -> str:
    """The page's Markdown."""
    return "\n".join(_lines(metrics)) + "\n"


def _lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    what = "recipe" if "recipe" in metrics else "profile"
    yield f"# Evaluation of {what} {metrics[what]}, policy {metrics['policy']}\n"
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
    rows, groups = metrics["rows"], metrics["groups"]
    yield f"- {rows} rows, {metrics['harmful']} of them harmful, from {metrics['input']}"
    yield f"- {groups} groups of near copies" if groups < rows else "- no two rows share a group"
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
    yield f"| | rows | groups | harmful | {' | '.join(NAMES.values())} | |"
    yield "| --- " * (len(NAMES) + 5) + "|"
    for name, one in slices.items():
        values = " | ".join(cell(one[measure]) for measure in NAMES)
        counts = " | ".join(str(one[key]) for key in ("rows", "groups", "harmful"))
        yield f"| {_escape(name)} | {counts} | {values} | {one.get('note', '')} |"


def _mentions(slices: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not slices:
        yield "None of these rows is one."
        return
    yield "| | rows | groups | called harmful |\n| --- | --- | --- | --- |"
    for name, one in slices.items():
        rate = cell(one["false_positive_rate"])
        yield f"| {_escape(name)} | {one['rows']} | {one['groups']} | {rate} |"


def cell(score: Mapping[str, float] | None) -> str:
    """A value with its interval, or a dash."""
    if score is None:
        return "–"
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"


def _escape(name: str) -> str:
    return " ".join(name.replace("|", "\\|").split())
