"""CIDEr-D: how far two texts have rare runs of words in common (Vedantam et al. 2015).

Runs of one to four words are weighed by how rare they are among the references; of each length
the cosine of the two texts' weights is taken, clipped so that repeating a run earns nothing, and
lessened where the lengths of the texts differ. Here each text has one reference.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ORDERS = (1, 2, 3, 4)  # words in a run
SPREAD = 6.0  # words: sigma, by how much a caption's length may be off


def cider(captions: Sequence[str], references: Sequence[str]) -> NDArray[np.float64]:
    """Of each caption, 0 to 10: (captions,). Words are what spaces part."""
    theirs = [runs(text) for text in references]
    seen = Counter(run for one in theirs for run in one)
    most = math.log(max(1, len(references)))
    rarity = {run: most - math.log(count) for run, count in seen.items()}
    pairs = zip(map(runs, captions), theirs, strict=True)
    return np.array([10 * _alike(ours, reference, rarity, most) for ours, reference in pairs])


def runs(text: str) -> Counter[str]:
    """Runs of one to four words, and how often each stands in `text`."""
    words = text.split()
    return Counter(
        " ".join(words[n : n + order]) for order in ORDERS for n in range(len(words) - order + 1)
    )


def _alike(
    ours: Counter[str], theirs: Counter[str], rarity: dict[str, float], most: float
) -> float:
    """most: the rarity of a run that no reference has."""
    total = 0.0
    for order in ORDERS:
        here, there = (
            {run: n * rarity.get(run, most) for run, n in one.items() if _length(run) == order}
            for one in (ours, theirs)
        )
        both = here.keys() & there.keys()
        shared = sum(min(here[run], there[run]) * there[run] for run in both)
        norms = math.hypot(*here.values()) * math.hypot(*there.values())
        total += shared / norms if norms else 0.0
    sizes = [sum(n for run, n in one.items() if _length(run) == 1) for one in (ours, theirs)]
    return total / len(ORDERS) * math.exp(-((sizes[0] - sizes[1]) ** 2) / (2 * SPREAD**2))


def _length(run: str) -> int:
    return run.count(" ") + 1
