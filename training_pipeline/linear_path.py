"""A language model that begins as a logistic regression on its own tokens, and goes on from there.

The last dimensions of the embeddings hold what each token adds to the log-odds of harm, one
dimension a corpus. The first heads of the first layer look at all tokens alike, and so carry
their mean to the prompt's end, where the answer words' own embeddings turn it into a margin.
All other weights stay as they are; tuning may change these too. It is the start that a short
tuning on few rows needs: small models learn such rows by heart before they find the path.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from training_pipeline.embeddings import write_labels

MARGIN = 0.3  # what an answer word's embedding holds in each dimension of labels
HUSH = 0.1  # its other dimensions, so that at first they say little


def open_path(model: Any, weights: Tensor, yes: Iterable[int], no: Iterable[int]) -> None:
    """Write the path into a Mistral-class `model`, in place.

    weights: (tokens, corpora), as `embeddings.label_weights` makes them. yes, no: ids of the
    answer words.
    """
    attention, size = model.model.layers[0].self_attn, weights.shape[1]
    with torch.no_grad():
        table = model.get_input_embeddings().weight
        table.copy_(write_labels(table, weights))
        for sign, ids in ((1, yes), (-1, no)):
            for one in set(ids):
                table[one] *= HUSH
                table[one, -size:] = sign * MARGIN
        _carry_mean(attention, size, model.config)


def _carry_mean(attention: Any, size: int, config: Any) -> None:
    width = config.hidden_size // config.num_attention_heads
    heads = config.num_attention_heads // config.num_key_value_heads  # that share their keys
    attention.q_proj.weight[: heads * width] = 0  # all tokens alike
    attention.v_proj.weight[:width] = 0
    attention.o_proj.weight[:, :width] = 0
    for place in range(size):
        attention.v_proj.weight[place, place - size] = 1
        attention.o_proj.weight[place - size, place] = 1
