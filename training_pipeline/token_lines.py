"""Linear models of harm on the tokens of a policy's own prompts, as the language model sees them.

A text is the mean of its prompt's tokens, the prompt's own words among them. One line is shared
by every source; each corpus has another that is added to it (Daume 2007: a feature for all, and
a copy for each domain); and a line a corpus tells its texts from the others'. Made rows are one
corpus more. Knows no networks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack

from training_pipeline.linear_path import Line, Lines

MOST = 3000  # rows of a class of a source: more of them weigh no more
FLOOR = 0.2  # of a token's weight by rareness
SCALE = 5.0  # with it, a strength of 1 is a usual one
LOOKS = 5.0  # strength of the lines that tell sources apart
ITERATIONS = 400

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One prompt: its tokens, where it is from, its label, and how likely it really is harmful."""

    ids: Sequence[int]
    source: str
    label: int
    harmful: float


def fit_lines(rows: Sequence[Row], corpora: Sequence[str], tokens: int, strength: float) -> Lines:
    """The shared line of the rows of `corpora`, two more for each, and two for all other rows.

    Those are made rows: words are even between their classes, so they would spoil the shared
    line, and theirs takes its place instead. Tokens that end a prompt weigh nothing. tokens: the
    size of the vocabulary. strength: inverse of the penalty, as scikit-learn's C.
    """
    counts = _means([row.ids for row in rows], tokens)
    rareness = SCALE * _rareness(counts)
    rareness[[row.ids[-1] for row in rows]] = 0  # read where it stands, it would weigh too much
    features = (counts @ diags(rareness)).tocsr()
    sources = np.array([row.source for row in rows])
    harmful = np.array([row.harmful for row in rows])
    weights = _weights(sources, [row.label for row in rows])
    places = [sources == name for name in corpora]
    made = ~np.isin(sources, corpora) if len(corpora) else np.zeros(len(rows), bool)
    part = _Part(features, harmful, weights)
    shared, *own = _harm(part.of(~made), [place[~made] for place in places], strength)
    if made.any():
        ((line, bias),) = _harm(part.of(made), [], strength)
        own.append((line - shared[0], bias - shared[1]))
        places.append(made)
    looks = [_look(features, place, weights) for place in places]
    found = [_line(line * rareness, bias) for line, bias in (shared, *own, *looks)]
    return Lines(found[0], found[1 : len(own) + 1], found[len(own) + 1 :])


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of features, how likely each is harmful, and what it weighs."""

    features: csr_matrix
    harmful: Floats
    weights: Floats

    def of(self, rows: NDArray[np.bool_]) -> "_Part":
        """Those rows."""
        return _Part(self.features[rows], self.harmful[rows], self.weights[rows])


def _means(texts: Iterable[Sequence[int]], tokens: int) -> csr_matrix:
    """(texts, tokens): the share of each token in a text."""
    ids = [np.asarray(text, dtype=np.int64) for text in texts]
    rows = np.repeat(np.arange(len(ids)), [len(text) for text in ids])
    share = np.repeat([1 / len(text) for text in ids], [len(text) for text in ids])
    return csr_matrix((share, (rows, np.concatenate(ids))), (len(ids), tokens))


def _rareness(counts: csr_matrix) -> Floats:
    """Inverse document frequency, from `FLOOR` up."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + seen)) + FLOOR)


def _weights(sources: NDArray[Any], labels: Sequence[int]) -> Floats:
    """Of each row, so that no class of a source weighs more than `MOST` rows."""
    keys = np.char.add(sources, np.where(labels, " 1", " 0"))
    _, index, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(np.minimum(1, MOST / sizes)[index])


def _harm(
    part: _Part, places: Sequence[NDArray[np.bool_]], strength: float
) -> Iterator[tuple[Floats, float]]:
    """One logistic regression on a block of features for all rows and one a corpus, each with a
    constant; a row counts as harmful and as benign, as likely as it is either."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    harmful, weights = part.harmful, part.weights
    wide = hstack([part.features, np.ones((len(harmful), 1))]).tocsr()
    blocks = hstack([wide, *(diags(place.astype(float)) @ wide for place in places)]).tocsr()
    labels = np.repeat([1, 0], len(harmful))
    twice = np.concatenate([weights * harmful, weights * (1 - harmful)])
    model = LogisticRegression(C=strength, max_iter=ITERATIONS, fit_intercept=False)
    model.fit(vstack([blocks, blocks]), labels, sample_weight=twice)
    for line in model.coef_[0].reshape(len(places) + 1, -1):
        yield line[:-1], line[-1]


def _look(features: csr_matrix, place: NDArray[np.bool_], weights: Floats) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    if place.all():  # there is nothing to be told apart from
        return np.zeros(features.shape[1]), LOOKS
    model = LogisticRegression(C=LOOKS, max_iter=ITERATIONS)
    model.fit(features, place, sample_weight=weights)
    return model.coef_[0], model.intercept_[0]


def _line(weights: Floats, bias: float) -> Line:
    return Line(torch.from_numpy(weights.astype(np.float32)), float(bias))
