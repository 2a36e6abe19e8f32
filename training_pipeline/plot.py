"""The curve of a training, as a picture."""

from collections.abc import Sequence
from pathlib import Path

LOSS = "loss.png"


def plot_loss(curve: Sequence[Sequence[float]], folder: Path) -> None:
    """Write `loss.png` into `folder`: mean loss since the point before, by the number of steps.

    curve: pairs of a step and a loss; without any, nothing is written.
    """
    if not curve:
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(6, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xlabel="step", ylabel="loss", title=folder.name)
    axes.plot([step for step, _ in curve], [loss for _, loss in curve], marker=".")
    axes.grid(alpha=0.3)
    figure.savefig(folder / LOSS, dpi=100)
