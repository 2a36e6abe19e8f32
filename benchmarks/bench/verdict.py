"""Whether the project's answers may stand beside the seed's: same numbers, no worse evidence."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from benchmarks.bench.memes import Sample
from local_test.paired import auroc_difference

TOLERANCE = 1e-4  # between probabilities of one prompt under one model in fp32
DRAWS = 2000
Answer = Mapping[str, Any]  # caption, ocr_text, views, proba, label, seconds


def furthest(ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]) -> float:
    """The largest difference between two sets of answers, view by view; of what both answered."""
    gaps = [
        abs(one[key] - other[key])
        for one, other in zip(ours, theirs, strict=True)
        for key in other
        if other
    ]
    return max(gaps, default=0.0)


def similarity(truth: str, read: str) -> float:
    """difflib's ratio of characters, spaces and case aside: the measure of ocr_quality.py."""
    first, second = ("".join(text.split()).casefold() for text in (truth, read))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def reading(
    samples: Sequence[Sample], ours: Sequence[Answer], theirs: Sequence[Answer]
) -> dict[str, Any] | None:
    """Mean similarity of both on memes whose words are known, and their paired difference."""
    rows = [n for n, sample in enumerate(samples) if sample.text]
    if not rows:
        return None
    a, b = (
        np.array([similarity(samples[n].text, side[n]["ocr_text"]) for n in rows])
        for side in (theirs, ours)
    )
    draws = np.random.default_rng(0).choice(b - a, (DRAWS, len(rows))).mean(axis=1)
    low, high = (float(value) for value in np.quantile(draws, (0.025, 0.975)))
    parts = {samples[n].part for n in rows}
    by_part = {
        part: [float(side[[samples[n].part == part for n in rows]].mean()) for side in (a, b)]
        for part in sorted(parts)
    }
    return {
        "memes": len(rows),
        "a": float(a.mean()),
        "b": float(b.mean()),
        "low": low,
        "high": high,
        "by_part": by_part,
    }


def ranking(
    samples: Sequence[Sample], ours: Sequence[Answer], theirs: Sequence[Answer]
) -> dict[str, Any] | None:
    """AUROC of both and the interval of the difference (DeLong), where both labels are there."""
    rows = [n for n, sample in enumerate(samples) if sample.label is not None]
    labels = [samples[n].label or 0 for n in rows]
    if min(labels.count(0), labels.count(1)) < 2:
        return None
    found = auroc_difference(
        labels, [theirs[n]["proba"] for n in rows], [ours[n]["proba"] for n in rows]
    )
    return {"memes": len(rows), "a": found.a, "b": found.b, "low": found.low, "high": found.high}


def faults(gap: float, *compared: tuple[str, dict[str, Any] | None]) -> list[str]:
    """What the bench fails for: another answer to the same prompt, or evidence that is worse.

    Worse is a difference whose whole 95 % interval is below 0.
    """
    found = []
    if not gap <= TOLERANCE:
        found.append(f"probabilities of the same prompts differ by {gap:.2g}, above {TOLERANCE:g}")
    for name, one in compared:
        if one is not None and one["high"] < 0:
            found.append(f"{name} is worse: {one['b']:.3f} against {one['a']:.3f}")
    return found
