"""Rows that are near copies of one another, as those made from one template are: their groups.

Knows no measures. Such rows are answered alike, so that what is chance between groups is none
within them: who draws rows again must draw whole groups (bootstrap.py, paired.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.intp]


def numbered(names: Sequence[str]) -> Groups:
    """(rows,) the number of each row's group, from 0 in order of appearance.

    names: of each row's group; a row with an empty one is a group of its own.
    """
    seen: dict[str | int, int] = {}
    found = [seen.setdefault(name or row, len(seen)) for row, name in enumerate(names)]
    return np.asarray(found, np.intp)


def count(groups: Groups) -> int:
    """How many groups there are."""
    return len(np.unique(groups))
