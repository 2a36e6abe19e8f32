"""Prompts one after another in one row of a forward pass, without padding between them.

All that treats each token alone, which is nearly all there is to compute, sees no padding then,
whatever the lengths; only attention lays the prompts side by side, for as long as it takes. Keys
and values of the prefix are there once, for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, DynamicCache
from transformers.integrations.sdpa_attention import sdpa_attention_forward

NAME = "memesieve-packing"
FAMILIES = {"llama", "mistral", "qwen2", "qwen3"}  # whose attention is plain, and hands on our word
WINDOW = 4096  # tokens that each of them can look back over; no prompt is longer


@dataclass(frozen=True)
class Packing:
    """Where the tokens of each prompt are in the one row.

    places: of each token, and of any where a prompt has ended.  # (prompts, longest)
    here: whether it has not.  # (prompts, longest)
    """

    places: Tensor
    here: Tensor


def enable(model: Any) -> bool:
    """Make `model` take a `packing`, if it is of a kind that can."""
    config = model.config
    window = getattr(config, "sliding_window", None) or WINDOW
    if config.model_type not in FAMILIES or window < WINDOW:
        return False
    AttentionInterface.register(NAME, attend)
    model.set_attn_implementation(NAME)
    return True


def last_logits(model: Any, prompts: Sequence[Sequence[int]], prefix: Any) -> Tensor:
    """Logits after the last token of each of `prompts`, which all go on after `prefix`.

    prefix: keys and values; they stay as they are.  # (prompts, classes)
    """
    device, start = model.device, prefix.get_seq_length()
    lengths = torch.tensor([len(ids) for ids in prompts])
    positions = torch.cat([torch.arange(start, start + n) for n in lengths.tolist()])
    ids = torch.tensor([[i for prompt in prompts for i in prompt]])  # (1, tokens)
    cache = DynamicCache()
    for number, layer in enumerate(prefix.layers):
        cache.update(layer.keys, layer.values, number)
    return model(  # type: ignore[no-any-return]
        ids.to(device),
        position_ids=positions[None].to(device),
        past_key_values=cache,
        logits_to_keep=(lengths.cumsum(0) - 1).to(device),
        packing=lay_out(lengths, device),
    ).logits[0]


def lay_out(lengths: Tensor, device: torch.device) -> Packing:
    """The packing of prompts of `lengths`."""
    steps = torch.arange(int(lengths.max()))[None]  # (1, longest)
    here = steps < lengths[:, None]
    places = (lengths.cumsum(0) - lengths)[:, None] + steps
    return Packing((places * here).to(device), here.to(device))


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **rest: Any,
) -> tuple[Tensor, None]:
    """Attention as transformers calls it: (1, heads, tokens, size) to (1, tokens, heads, size)."""
    packing: Packing | None = rest.pop("packing", None)
    if packing is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **rest)[0], None
    known = key.shape[2] - query.shape[2]
    side = [_side_by_side(one, packing.places, known) for one in (key, value)]
    keys, values = (one.repeat_interleave(query.shape[1] // key.shape[1], 1) for one in side)
    queries = _side_by_side(query, packing.places, 0)
    longest = packing.places.shape[1]
    shape = (longest, known + longest)  # what is after a prompt's end is after all of its tokens
    mask = torch.ones(shape, dtype=torch.bool, device=query.device).tril(known)
    seen = scaled_dot_product_attention(queries, keys, values, mask, scale=rest["scaling"])
    return seen.transpose(1, 2)[packing.here][None], None


def _side_by_side(packed: Tensor, places: Tensor, known: int) -> Tensor:
    """The prompts of one row, each after the first `known` that it shares with the others.

    (1, heads, known + tokens, size) to (prompts, heads, known + longest, size)
    """
    own = packed[0, :, known + places].transpose(0, 1)
    if not known:
        return own
    shared = packed[:, :, :known].expand(len(places), -1, -1, -1)
    return torch.cat([shared, own], dim=2)
