"""Two systems over the same memes: how far apart, and whether that could be chance.

The paired bootstrap draws memes again, and measures both systems on the same draw. Knows no models.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from local_test.bootstrap import resamples
from local_test.metrics import Floats, measure, scored

MEASURES = ("auroc", "accuracy")
RESAMPLES = 1000


@dataclass(frozen=True)
class Arm:
    """One system's answers; a system that draws lots has several draws of them.

    probas, verdicts: (draws, memes); verdicts are 1 for harmful.
    """

    probas: tuple[tuple[float, ...], ...]
    verdicts: tuple[tuple[int, ...], ...]

    def take(self, rows: Sequence[int]) -> "Arm":
        """The same answers to some of the memes."""
        return Arm(
            tuple(tuple(draw[row] for row in rows) for draw in self.probas),
            tuple(tuple(draw[row] for row in rows) for draw in self.verdicts),
        )


def compare(labels: Sequence[int], ours: Arm, other: Arm, seed: int = 0) -> dict[str, Any]:
    """Both values of each measure, and ours - other with its 95 % percentile interval.

    A system with several draws counts with the mean over them; `spread` is the other's standard
    deviation over draws (0 for one draw). Raises ValueError where a class is absent.
    """
    if len(set(labels)) < 2:
        raise ValueError("a comparison needs harmful and benign memes")
    once = np.ones((1, len(labels)))
    weights = np.concatenate(list(resamples(len(labels), RESAMPLES, seed)))
    first, second = (_measured(labels, arm, once)[..., 0] for arm in (ours, other))
    drawn = [_measured(labels, arm, weights).mean(axis=0) for arm in (ours, other)]
    bounds = np.nanpercentile(drawn[0] - drawn[1], [2.5, 97.5], axis=1)  # (2, measures)
    return {
        name: {
            "ours": float(first[:, n].mean()),
            "other": float(second[:, n].mean()),
            "spread": float(second[:, n].std()),
            "difference": float(first[:, n].mean() - second[:, n].mean()),
            "low": float(bounds[0, n]),
            "high": float(bounds[1, n]),
        }
        for n, name in enumerate(MEASURES)
    }


def _measured(labels: Sequence[int], arm: Arm, weights: Floats) -> Floats:
    """Each draw's measures under each weighting.  # (draws, measures, weightings)"""
    draws = zip(arm.probas, arm.verdicts, strict=True)
    return np.stack([_one(labels, probas, verdicts, weights) for probas, verdicts in draws])


def _one(
    labels: Sequence[int], probas: Sequence[float], verdicts: Sequence[int], weights: Floats
) -> Floats:
    order = np.argsort(-np.asarray(probas), kind="stable")  # the order that `scored` gives rows
    found = measure(scored(labels, probas, verdicts), weights[:, order])
    return np.stack([found[name] for name in MEASURES])
