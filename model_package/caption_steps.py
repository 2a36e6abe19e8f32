"""BLIP's text decoder, a word piece a step; knows nothing of pictures and of words.

Steps are so small that what transformers does around each of them, and around each layer, takes
longer than the arithmetic. So its layers' parts are called here, one after another, and keys and
values lie in tensors that are made once.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

Known = tuple[Tensor, Tensor]  # keys and values  # (captions, heads, positions, size)


def most_likely(decoder: Any, features: Tensor, steps: int) -> Tensor:
    """Up to `steps` ids a caption, the likeliest each time; padding follows the end.

    decoder: BlipTextLMHeadModel. features: (captions, patches + 1, hidden). Returns ids
    (captions, up to `steps`), less that of the beginning.
    """
    layers, config = decoder.bert.encoder.layer, decoder.config
    shown = [_project(layer.crossattention.self, features) for layer in layers]
    said = [_room(layer.attention.self, features, steps) for layer in layers]
    ids = torch.full((len(features), 1), config.bos_token_id, device=features.device)
    open_ones, found = torch.ones_like(ids, dtype=torch.bool), []
    for step in range(steps):
        hidden = decoder.bert.embeddings(ids, past_key_values_length=step)
        for layer, own, picture in zip(layers, said, shown, strict=True):
            hidden = _layer(layer, hidden, own, picture, step)
        ids = decoder.cls(hidden).argmax(-1).where(open_ones, config.pad_token_id)
        found.append(ids)
        open_ones = open_ones & (ids != config.sep_token_id)
        if not open_ones.any():
            break
    return torch.cat(found, 1)


def _layer(layer: Any, hidden: Tensor, said: Known, shown: Known, step: int) -> Tensor:
    """One layer at one position.  # (captions, 1, hidden)"""
    for room, new in zip(said, _project(layer.attention.self, hidden), strict=True):
        room[:, :, step : step + 1] = new
    keys, values = (room[:, :, : step + 1] for room in said)
    hidden = _attend(layer.attention, hidden, keys, values)
    hidden = _attend(layer.crossattention, hidden, *shown)
    wide = layer.intermediate.intermediate_act_fn(layer.intermediate.dense(hidden))
    return layer.output.LayerNorm(layer.output.dense(wide) + hidden)  # type: ignore[no-any-return]


def _attend(part: Any, hidden: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    queries = _heads(part.self, part.self.query(hidden))
    seen = scaled_dot_product_attention(queries, keys, values).transpose(1, 2).flatten(2)
    return part.output.LayerNorm(part.output.dense(seen) + hidden)  # type: ignore[no-any-return]


def _project(part: Any, of: Tensor) -> Known:
    return _heads(part, part.key(of)), _heads(part, part.value(of))


def _heads(part: Any, wide: Tensor) -> Tensor:
    """(captions, positions, hidden) as (captions, heads, positions, size)."""
    sizes = part.num_attention_heads, part.attention_head_size
    return wide.view(*wide.shape[:2], *sizes).transpose(1, 2)


def _room(part: Any, like: Tensor, steps: int) -> Known:
    shape = (len(like), part.num_attention_heads, steps, part.attention_head_size)
    return like.new_empty(shape), like.new_empty(shape)
