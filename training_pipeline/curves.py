"""Plots of an evaluation: ROC, precision-recall and reliability; PNGs, the same at each run.

Knows nothing of models. Colours are Okabe and Ito's, which the colour-blind can tell apart, and
each curve has its own line style besides.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from local_test.calibration import reliability
from local_test.metrics import Floats, scored
from local_test.slices import Columns

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
Curves = Mapping[str, tuple[Columns, Mapping[str, Any]]]  # rows and summary of each, by name


def draw(folder: Path, title: str, curves: Curves) -> None:
    """roc.png, precision_recall.png and reliability.png in `folder`.

    curves: of all rows first, then of slices. One that has one class alone is left out of the
    first two plots.
    """
    both = {name: one for name, one in curves.items() if one[1]["auroc"]}
    _save(folder / "roc.png", f"ROC: {title}", _roc, both)
    _save(folder / "precision_recall.png", f"Precision and recall: {title}", _precision, both)
    _save(folder / "reliability.png", f"Reliability: {title}", _reliability, curves)


def _save(path: Path, title: str, paint: Any, curves: Curves) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(6.4, 6.0), layout="constrained")
    figure.suptitle(title, fontsize=11, wrap=True)
    if curves:
        paint(figure, curves)
    else:
        figure.text(0.5, 0.5, "the rows are all of one class", ha="center")
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _roc(figure: Any, curves: Curves) -> None:
    axes = _axes(figure, "false positive rate", "true positive rate")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":", label="chance, 0.500")
    for look, (name, (rows, found)) in _looks(curves):
        true, false = _counts(rows)
        x, y = false / false[-1], true / true[-1]
        axes.plot(x, y, label=f"{name}: AUROC {_interval(found['auroc'])}", **look)
    axes.legend(loc="lower right", fontsize=8)


def _precision(figure: Any, curves: Curves) -> None:
    axes = _axes(figure, "recall", "precision")
    for look, (name, (rows, found)) in _looks(curves):
        true, false = (counts[1:] for counts in _counts(rows))
        label = f"{name}: AP {_interval(found['average_precision'])}"
        axes.step(true / true[-1], true / (true + false), where="pre", label=label, **look)
        share = found["harmful"] / found["rows"]
        axes.axhline(share, color=look["color"], linewidth=0.6, alpha=0.6, linestyle=":")
    axes.plot([], [], color="grey", linewidth=0.6, linestyle=":", label="share of harmful rows")
    figure.legend(loc="outside lower center", fontsize=8, ncols=2)


def _reliability(figure: Any, curves: Curves) -> None:
    name, (rows, found) = next(iter(curves.items()))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    bins = reliability(rows.labels, rows.probas)
    x = [one.proba for one in bins]
    upper.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":", label="calibrated")
    label = f"{name}: ECE {_interval(found['ece'])}, 15 bins"
    upper.plot(x, [one.harmful for one in bins], "o-", color=COLOURS[0], label=label)
    upper.set(ylabel="share of harmful rows", xlim=(0, 1), ylim=(-0.02, 1.02))
    upper.legend(loc="upper left", fontsize=8)
    upper.grid(alpha=0.3)
    edges = np.linspace(0, 1, 16)
    lower.hist(rows.probas, bins=edges.tolist(), color=COLOURS[0], edgecolor="white")
    lower.set(xlabel="probability of harm, as printed", ylabel="rows")
    lower.grid(alpha=0.3)


def _axes(figure: Any, x: str, y: str) -> Any:
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    axes.grid(alpha=0.3)
    return axes


def _looks(curves: Curves) -> Iterator[tuple[dict[str, Any], Any]]:
    """A colour and a style for each curve; the first is drawn thick."""
    for number, item in enumerate(curves.items()):
        look = {"color": COLOURS[number % 6], "linestyle": STYLES[number % 6]}
        yield {**look, "linewidth": 1.2 if number else 2.2}, item


def _counts(rows: Columns) -> tuple[Floats, Floats]:
    """True and false positives above each threshold, highest first, from none to all."""
    ranked = scored(rows.labels, rows.probas)
    true = np.add.reduceat(ranked.labels, ranked.starts).cumsum()
    false = np.add.reduceat(1 - ranked.labels, ranked.starts).cumsum()
    return np.append(0, true), np.append(0, false)


def _interval(score: Mapping[str, float]) -> str:
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"


def choose(
    whole: tuple[Columns, Mapping[str, Any]],
    columns: Columns,
    languages: Sequence[tuple[str, ...]],
    summaries: Mapping[str, Mapping[str, Any]],
) -> Curves:
    """All rows, then the largest languages where there are several: what `draw` takes."""
    curves: dict[str, tuple[Columns, Mapping[str, Any]]] = {"all": whole}
    for name in list(summaries)[: len(COLOURS) - 1] if len(summaries) > 1 else ():
        numbers = [n for n, one in enumerate(languages) if name in one]
        curves[name] = (columns.take(numbers), summaries[name])
    return curves
