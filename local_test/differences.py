"""Two sets of answers to the same rows: what `paired` says of them, whole and by slice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from local_test.groups import count, numbered
from local_test.paired import accuracy_difference, auroc_difference
from local_test.slices import Columns


def by_slice(a: Columns, b: Columns, names: Sequence[Collection[str]]) -> dict[str, Any]:
    """The tests of all rows under `all`, then of each slice, where there is more than one.

    a, b: answers to the same rows, in a's groups. names: the slices each row is in.
    """
    slices = sorted({name for one in names for name in one})
    found = {"all": _tests(a, b)}
    for name in slices if len(slices) > 1 else ():
        rows = [n for n, one in enumerate(names) if name in one]
        found[name] = _tests(a.take(rows), b.take(rows))
    return found


def _tests(a: Columns, b: Columns) -> dict[str, Any]:
    """b less a: AUROC by DeLong, accuracy by McNemar, or their forms for groups; None where there
    are too few rows, or groups of them."""
    kin, truth = numbered(a.groups or [""] * len(a.labels)), np.asarray(a.labels, bool)
    ranked = min(count(kin[truth]), count(kin[~truth])) > 1
    judged = count(kin) > 1 or len(kin) == 1
    auroc = auroc_difference(a.labels, a.probas, b.probas, a.groups) if ranked else None
    accuracy = accuracy_difference(_right(a), _right(b), a.groups) if judged else None
    return {
        "rows": len(kin),
        "groups": count(kin),
        "auroc": asdict(auroc) if auroc else None,
        "accuracy": asdict(accuracy) if accuracy else None,
    }


def _right(one: Columns) -> list[bool]:
    return [verdict == label for verdict, label in zip(one.verdicts, one.labels, strict=True)]


def add_holm(runs: Mapping[str, Mapping[str, Any]]) -> None:
    """Put `p_holm` beside each p: corrected for the several runs that are compared with one.

    The runs' p of one measure on one slice are a family. runs: by name, what `by_slice` found.
    """
    for name, tests in next(iter(runs.values())).items():
        for measure in ("auroc", "accuracy"):
            family = [one[name][measure] for one in runs.values()]
            if tests[measure] is not None:
                for values, p in zip(family, holm([one["p"] for one in family]), strict=True):
                    values["p_holm"] = p


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's step-down correction (1979): the smallest of m values times m, the next times
    m - 1, and so on; none below one that was smaller, none above 1."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    corrected, highest = [0.0] * len(chances), 0.0
    for step, place in enumerate(order):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - step)))
        corrected[place] = highest
    return corrected
