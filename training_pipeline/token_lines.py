"""Linear models of harm on the tokens of a policy's own prompts, as the language model sees them.

A text is the mean of its prompt's tokens, the prompt's own words among them, and a token is all
that it was merged from: so a rare word says what its pieces say. Each source has a line of harm,
fitted to its rows alone, and a line that tells its texts from the others'. Made rows are one
source more. Knows no networks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from tqdm import tqdm

from training_pipeline.lines import Line, Lines
from training_pipeline.settings import CorpusLine

MOST = 3000  # rows of a class of a source: more of them weigh no more
FLOOR = 0.2  # of a token's weight by rareness
SCALE = 5.0  # with it, a strength of 1 is a usual one
LOOKS = 1.0  # strength of the lines that tell sources apart
MADE = ""  # the source of rows that are of no corpus
MADE_PRIOR = (
    2.0  # log-odds by which a text is more like made rows: few texts are written as they are
)
MADE_STRENGTH = 5.0  # of the made rows' line: their labels are right
MADE_SHARE = 0.6  # of its log-odds: on templates it has not seen, that line is too sure
MADE_LOWER = 0.5  # log-odds off it: other lines call texts benign whose words they do not know
COMMON = 1.0  # strength of the line that all rows have in common
ITERATIONS = 300

Floats = NDArray[np.float64]
Fitted = tuple[Floats, float]  # weights of features, and a bias


@dataclass(frozen=True)
class Row:
    """One prompt: its tokens, where it is from, its label, and how likely it really is harmful."""

    ids: Sequence[int]
    source: str
    label: int
    harmful: float


def fit_lines(rows: Sequence[Row], corpora: Iterable[CorpusLine], parts: csr_matrix) -> Lines:
    """Two lines for each of `corpora`, and two for all other rows, which are made rows.

    Tokens that end a prompt weigh nothing. parts: (tokens, tokens), of phrases.py.
    """
    features, table = _features(rows, parts)
    known = {one.corpus: one for one in (*corpora, CorpusLine(MADE, MADE_STRENGTH))}
    sources = np.array([row.source if row.source in known else MADE for row in rows])
    names = [name for name in known if name in sources]
    harm = _harms(features, rows, sources, [known[name] for name in names])
    looks = _looks(features, sources, names)
    own, look = ([_line(table @ line, bias) for line, bias in each] for each in (harm, looks))
    return Lines(own, look, [MADE_PRIOR * (name == MADE) for name in names])


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


def _harms(
    features: csr_matrix, rows: Sequence[Row], sources: NDArray[Any], settings: list[CorpusLine]
) -> list[Fitted]:
    """The lines of harm of the sources that `settings` are of."""
    harmful = np.array([row.harmful for row in rows])
    weights = _weights(sources, [row.label for row in rows])
    everywhere = [one.shared for one in settings if one.shared]
    common = _harm(features, harmful, weights, COMMON) if everywhere else (0.0, 0.0)
    places = [sources == one.corpus for one in settings]
    each = tqdm(zip(places, settings, strict=True), desc="lines of harm", total=len(settings))
    own = [_harm(features[here], harmful[here], weights[here], one.strength) for here, one in each]
    return [_settle(*pair, common) for pair in zip(own, settings, strict=True)]


def _settle(own: Fitted, setting: CorpusLine, common: Any) -> Fitted:
    """The line with its share of the common one; that of made rows as far as it is believed."""
    line, bias = (a + setting.shared * b for a, b in zip(own, common, strict=True))
    if setting.corpus == MADE:
        return MADE_SHARE * line, MADE_SHARE * bias - MADE_LOWER
    return line, bias


def _harm(features: csr_matrix, harmful: Floats, weights: Floats, strength: float) -> Fitted:
    """A row counts as harmful and as benign, as likely as it is either."""
    labels = np.repeat([1, 0], len(harmful))
    twice = np.concatenate([weights * harmful, weights * (1 - harmful)])
    return _fit(vstack([features, features]), labels, strength, twice)[0]


def _looks(features: csr_matrix, sources: NDArray[Any], names: Sequence[str]) -> list[Fitted]:
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
) -> list[Fitted]:
    """A line a class; of two classes, one line, of the second."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=strength, max_iter=ITERATIONS)
    model.fit(features, labels, sample_weight=weights)
    return list(zip(model.coef_, map(float, model.intercept_), strict=True))


def _line(weights: Floats, bias: float) -> Line:
    return Line(torch.from_numpy(weights.astype(np.float32)), bias)
