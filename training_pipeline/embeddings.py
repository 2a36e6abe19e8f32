"""A start for token embeddings, by counting and by linear models instead of by gradients.

What stands near what: the positive pointwise mutual information of tokens within a window, and
its truncated singular value decomposition (Levy and Goldberg, 2014). On a few million tokens
this takes seconds, where a language model would take hours to place its tokens as well. And
what speaks for harm: the weights of a logistic regression of each corpus, a dimension each.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

WINDOW = 6
LOUD = 3.0  # deviation of a dimension of labels, in deviations of the others
SCALE = 0.04  # deviation of the embeddings, of the order of a model's own random start


def count_embeddings(texts: Sequence[Sequence[int]], tokens: int, width: int, seed: int) -> Tensor:
    """Embeddings (tokens, width) from the ids of `texts`; unseen tokens are small and random."""
    weights = _information(_neighbours(texts, tokens))
    left, values, _ = randomized_svd(weights, min(width, tokens - 1), random_state=seed)
    placed = np.zeros((tokens, width), dtype=np.float32)
    placed[:, : left.shape[1]] = left * np.sqrt(values)
    table = torch.from_numpy(placed)
    noise = torch.randn(table.shape, generator=torch.Generator().manual_seed(seed))
    return table * (SCALE / table.std()) + noise * (SCALE / 10)


def label_weights(
    texts: Sequence[Sequence[int]], labels: Sequence[int], sources: Sequence[str], tokens: int
) -> Tensor:
    """What each token's presence adds to the log-odds of harm, by source.  # (tokens, sources)"""
    columns = [
        _weights_of(
            [text for text, own in zip(texts, sources, strict=True) if own == source],
            [label for label, own in zip(labels, sources, strict=True) if own == source],
            tokens,
        )
        for source in sorted(set(sources))
    ]
    return torch.stack(columns, dim=1)


def _weights_of(texts: Sequence[Sequence[int]], labels: Sequence[int], tokens: int) -> Tensor:
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    seen = np.concatenate([np.asarray(text, dtype=np.int64) for text in texts])
    ones = np.ones(len(seen), dtype=np.float32)
    counts = coo_matrix((ones, (rows, seen)), (len(texts), tokens)).tocsr()
    scaling = TfidfTransformer(sublinear_tf=True).fit(counts)
    model = LogisticRegression(C=2, max_iter=200).fit(scaling.transform(counts), labels)
    return torch.from_numpy((model.coef_[0] * scaling.idf_).astype(np.float32))


def write_labels(table: Tensor, weights: Tensor) -> Tensor:
    """`table` with its last dimensions replaced by `weights`, louder than the others."""
    loud = weights / weights.std(dim=0) * table.std() * LOUD
    return torch.cat([table[:, : -weights.shape[1]], loud], dim=1)


def _neighbours(texts: Sequence[Sequence[int]], tokens: int) -> csr_matrix:
    """How often tokens stand within the window of each other, nearer ones counting more."""
    stream = np.concatenate([[*text, *[-1] * WINDOW] for text in texts]).astype(np.int64)
    total = csr_matrix((tokens, tokens), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        first, second = stream[:-distance], stream[distance:]
        both = (first >= 0) & (second >= 0)
        ones = np.full(int(both.sum()), 1 / distance, dtype=np.float32)
        total = total + coo_matrix((ones, (first[both], second[both])), total.shape).tocsr()
    return total + total.T


def _information(counts: csr_matrix) -> Any:
    """Positive pointwise mutual information, with the contexts' counts to the power 0.75."""
    rows = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    contexts = rows**0.75 / (rows**0.75).sum()
    pairs = counts.tocoo()
    information = np.log(pairs.data / rows[pairs.row] / contexts[pairs.col])
    kept = information > 0
    return csr_matrix((information[kept], (pairs.row[kept], pairs.col[kept])), shape=counts.shape)
