"""The picture of growth: rows over time, and memory over rows. Knows only runs."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth.measure import Run


def plot(runs: Sequence[Run], file: Path) -> None:
    """One curve a run in each of two panels."""
    import matplotlib  # noqa: PLC0415 - takes a second

    matplotlib.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4))
    for run in runs:
        _, rows, memory, computed = zip(*run.points, strict=True)
        whole = max(computed)  # at the very end a worker may be missing
        panels[0].plot([one / run.rows for one in rows], [one / whole for one in computed])
        panels[1].plot([one / run.rows for one in rows], memory, label=run.name)
    panels[0].set(xlabel="share of the rows", ylabel="share of the processor time")
    panels[1].set(xlabel="share of the rows", ylabel="MiB, all processes", ylim=(0, None))
    panels[1].legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)
