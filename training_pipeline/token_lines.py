"""Linear models of harm on the tokens of a policy's own prompts, as the language model sees them.

A text is the mean of its prompt's tokens, the prompt's own words among them, and a token is all
that it was merged from: so a rare word says what its pieces say. Each source has a line of harm,
fitted to its rows alone, and a line that tells its texts from the others'. Made rows are one
source more. Knows no networks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack

from training_pipeline.lines import Line, Lines

MOST = 3000  # rows of a class of a source: more of them weigh no more
FLOOR = 0.2  # of a token's weight by rareness
SCALE = 5.0  # with it, a strength of 1 is a usual one
LOOKS = 1.0  # strength of the lines that tell sources apart
MADE = 2.0  # log-odds by which a text is more like made rows: few texts are written as they are
MADE_STRENGTH = 5.0  # of the made rows' line: their labels are right
MADE_SHARE = 0.6  # of its log-odds: on templates it has not seen, that line is too sure
ITERATIONS = 300

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One prompt: its tokens, where it is from, its label, and how likely it really is harmful."""

    ids: Sequence[int]
    source: str
    label: int
    harmful: float


def fit_lines(rows: Sequence[Row], strengths: Mapping[str, float], parts: csr_matrix) -> Lines:
    """Two lines for each of the corpora that `strengths` names, and two for all other rows, which
    are made rows.

    Tokens that end a prompt weigh nothing. strengths: of the lines of harm, the inverse of their
    penalty, as scikit-learn's C. parts: (tokens, tokens), of phrases.py.
    """
    features, table = _features(rows, parts)
    sources = np.array([row.source if row.source in strengths else "" for row in rows])
    names = [name for name in (*strengths, "") if name in sources]
    harmful = np.array([row.harmful for row in rows])
    weights = _weights(sources, [row.label for row in rows])
    places = [sources == name for name in names]
    harm = [
        _harm(features[one], harmful[one], weights[one], strengths.get(name, MADE_STRENGTH))
        for one, name in zip(places, names, strict=True)
    ]
    if "" in names:
        harm[-1] = MADE_SHARE * harm[-1][0], MADE_SHARE * harm[-1][1]
    looks = _looks(features, sources, names)
    own, look = ([_line(table @ line, bias) for line, bias in each] for each in (harm, looks))
    return Lines(own, look, [0.0 if name else MADE for name in names])


def _features(rows: Sequence[Row], parts: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
    """(rows, parts) of texts, (tokens, parts) of single tokens: by rareness, less last tokens."""
    last = np.ones(parts.shape[0])
    last[[row.ids[-1] for row in rows]] = 0  # read where it stands, it would weigh too much
    pieces = (diags(last) @ parts).tocsr()
    seen = _means([row.ids for row in rows], parts.shape[0]) @ pieces
    rareness = diags(SCALE * _rareness(seen))
    return (seen @ rareness).tocsr(), (pieces @ rareness).tocsr()


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
    features: csr_matrix, harmful: Floats, weights: Floats, strength: float
) -> tuple[Floats, float]:
    """A row counts as harmful and as benign, as likely as it is either."""
    labels = np.repeat([1, 0], len(harmful))
    twice = np.concatenate([weights * harmful, weights * (1 - harmful)])
    return _fit(vstack([features, features]), labels, strength, twice)[0]


def _looks(
    features: csr_matrix, sources: NDArray[Any], names: Sequence[str]
) -> list[tuple[Floats, float]]:
    """Lines whose softmax is how likely a text is of each source."""
    if len(names) == 1:  # there is nothing to be told apart from
        return [(np.zeros(features.shape[1]), 0.0)]
    labels = np.array([names.index(source) for source in sources])
    found = _fit(features, labels, LOOKS)
    if len(names) > 2:
        return found
    [(line, bias)] = found
    return [(-line / 2, -bias / 2), (line / 2, bias / 2)]


def _fit(
    features: csr_matrix, labels: NDArray[Any], strength: float, weights: Floats | None = None
) -> list[tuple[Floats, float]]:
    """A line a class; of two classes, one line, of the second."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=strength, max_iter=ITERATIONS)
    model.fit(features, labels, sample_weight=weights)
    return list(zip(model.coef_, map(float, model.intercept_), strict=True))


def _line(weights: Floats, bias: float) -> Line:
    return Line(torch.from_numpy(weights.astype(np.float32)), bias)
