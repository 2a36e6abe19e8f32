"""The caption that a picture's look-alikes agree on: what the captioner learns to write.

A single machine caption is mostly noise; the caption nearest to those of all pictures that look
alike is not (consensus captions of nearest neighbours: Devlin et al. 2015). What a caption is
worth for a picture is estimated by kernel ridge regression on how pictures look, always from
pictures in other folds, so that it is as far from the truth as it will be on new pictures.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_package.errors import UserError
from training_pipeline.caption_scores import plain
from training_pipeline.cider import ORDERS
from training_pipeline.looks import Floats

FOLDS = 5
RIDGE = 2.0
ORDERED = 8.0  # weight of ROUGE-L beside the rest of a caption's worth
LENGTHS = range(4, 19)  # words of a caption that may be agreed on


class LookAlikes:
    """Pictures with their looks, captions and groups, of which some agree on a caption.

    looks: as looks.py gives them. groups: pictures of one group are never asked for each other.
    """

    def __init__(
        self, looks: Sequence[Floats], captions: Sequence[str], groups: Sequence[str]
    ) -> None:
        self.looks = looks
        self.folds = np.array([fold(group) for group in groups])
        plain_ones = [plain(text) for text in captions]
        self.choices = sorted({text for text in plain_ones if len(text.split()) in LENGTHS})
        if not self.choices:
            raise UserError("no caption has from 4 to 18 words; train on a corpus with captions")
        self.worth = worth(self.choices, plain_ones)  # (choices, pictures)
        self.widths = [float(np.median(_distances(part[:500], part[:500]))) for part in looks]

    def agree(self, views: Sequence[Floats], groups: Sequence[str]) -> list[str]:
        """The caption agreed on for each view, whose picture is of that group."""
        folds = np.array([fold(group) for group in groups])
        best = np.zeros(len(folds), np.intp)
        for one in range(FOLDS):
            mine, others = np.flatnonzero(folds == one), np.flatnonzero(self.folds != one)
            if len(mine) and len(others):
                best[mine] = self._best([part[mine] for part in views], others)
        return [self.choices[n] for n in best]

    def _best(self, views: Sequence[Floats], others: NDArray[np.intp]) -> NDArray[np.intp]:
        known = [part[others] for part in self.looks]
        kernel = self._kernel(known, known)
        asked = self._kernel(known, views) - kernel.mean(axis=1, keepdims=True)
        weights = np.linalg.solve(kernel + RIDGE * np.eye(len(others), dtype=np.float32), asked)
        worth = self.worth[:, others]
        mean = worth.mean(axis=1, keepdims=True)
        return np.asarray((mean + (worth - mean) @ weights).argmax(axis=0))

    def _kernel(self, first: Sequence[Floats], second: Sequence[Floats]) -> Floats:
        """How alike pictures are, 0 to 1: (pictures of first, pictures of second)."""
        pairs = zip(first, second, self.widths, strict=True)
        parts = [np.exp(-_distances(one, two) / max(width, 1e-6)) for one, two, width in pairs]
        return np.asarray(sum(parts) / len(parts), np.float32)


def fold(group: str) -> int:
    """The fold of a group, the same on every machine."""
    return int(hashlib.sha256(f"fold {group}".encode()).hexdigest()[:8], 16) % FOLDS


def worth(choices: Sequence[str], references: Sequence[str]) -> Floats:
    """How near each choice comes to each reference: (choices, references).

    A mixture of what captions are measured by: the share of runs of one to four words that two
    texts have in common, how rare those are, and their longest common subsequence.
    """
    from sklearn.feature_extraction.text import (  # noqa: PLC0415
        CountVectorizer,
        TfidfTransformer,
    )

    total = ORDERED * common_order(choices, references)
    for order in ORDERS:
        counter = CountVectorizer(token_pattern=r"\S+", ngram_range=(order, order), binary=True)
        theirs, ours = counter.fit_transform(references), counter.transform(choices)
        rare = TfidfTransformer().fit(theirs)
        sizes = np.maximum(np.add.outer(_sums(ours), _sums(theirs)), 1)
        total += 4 * (ours @ theirs.T).toarray() / sizes
        total += 0.75 * (rare.transform(ours) @ rare.transform(theirs).T).toarray()
    return total


def common_order(choices: Sequence[str], references: Sequence[str]) -> Floats:
    """ROUGE-L's F1 of each choice and each reference: (choices, references).

    The longest common subsequence by bits, one for each word of a choice, for all references at
    once (Hyyrö 2004).
    """
    texts = [text.split() for text in references]
    lengths = np.array([len(words) for words in texts])
    places = {word: n for n, word in enumerate(dict.fromkeys(w for words in texts for w in words))}
    table = np.full((lengths.max(), len(texts)), len(places))  # the last word is no word
    for n, words in enumerate(texts):
        table[: len(words), n] = [places[word] for word in words]
    rows = [_common(text.split(), places, table) for text in choices]
    sizes = np.array([len(text.split()) for text in choices])
    return np.asarray(2 * np.stack(rows) / (sizes[:, None] + lengths), np.float32)


def _common(words: list[str], places: dict[str, int], table: NDArray[np.intp]) -> NDArray[np.int64]:
    bits = np.zeros(len(places) + 1, np.int64)
    for n, word in enumerate(words):
        if word in places:
            bits[places[word]] |= 1 << n
    free = np.full(table.shape[1], (1 << len(words)) - 1, np.int64)
    for row in table:
        taken = free & bits[row]
        free = ((free + taken) | (free - taken)) & ((1 << len(words)) - 1)
    return len(words) - np.bitwise_count(free).astype(np.int64)


def _sums(table: Any) -> Floats:
    return np.asarray(table.sum(axis=1), np.float32).ravel()


def _distances(first: Floats, second: Floats) -> Floats:
    """Squared: (rows of first, rows of second)."""
    sizes = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.asarray(np.maximum(sizes - 2 * first @ second.T, 0), np.float32)
