"""A start for token embeddings, by counting instead of by gradients.

What stands near what: the positive pointwise mutual information of tokens within a window, and
its truncated singular value decomposition (Levy and Goldberg, 2014). On a few million tokens
this takes seconds, where a language model would take hours to place its tokens as well.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

WINDOW = 6
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
