"""Packs become tensors: ids, positions, the mask of who sees whom, and where answers stand."""

from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor

from training_pipeline.asks import Pack

Batch = dict[str, Tensor]


def collate(packs: Sequence[Pack]) -> Batch:
    """A batch of the arguments of a causal LM's `forward`, and `labels` (answers).

    input_ids, position_ids: (batch, seq). attention_mask: (batch, 1, seq, seq), True where
    the row's token sees the column's. logits_to_keep: (batch, seq), True at the last token of
    each prompt; the model then returns logits (answers, vocabulary). rivals, doubts: (answers),
    as in `Ask`.
    """
    rows = [_row(pack) for pack in packs]
    width = max(len(row[0]) for row in rows)
    ids, positions, owners, keep = (_stack(part, width) for part in zip(*rows, strict=True))
    asks = list(chain.from_iterable(packs))
    return {
        "input_ids": ids.clamp(min=0),
        "position_ids": positions.clamp(min=0),
        "attention_mask": _mask(owners),
        "logits_to_keep": keep == 1,
        "labels": torch.tensor([ask.answer for ask in asks]),
        "rivals": torch.tensor([ask.rival for ask in asks]),
        "doubts": torch.tensor([ask.doubt for ask in asks]),
    }


def _row(pack: Pack) -> tuple[list[int], list[int], list[int], list[int]]:
    """Ids, positions, owner of each token (0 the shared prefix) and whether it is the last."""
    prefix = pack[0].prefix
    ids, positions = list(pack[0].ids[:prefix]), list(range(prefix))
    owners, keep = [0] * prefix, [0] * prefix
    for number, ask in enumerate(pack, 1):
        ids += ask.ids[prefix:]
        positions += range(prefix, len(ask.ids))
        owners += [number] * (len(ask.ids) - prefix)
        keep += [0] * (len(ask.ids) - prefix - 1) + [1]
    return ids, positions, owners, keep


def _stack(rows: Sequence[list[int]], width: int) -> Tensor:
    return torch.tensor([[*row, *[-1] * (width - len(row))] for row in rows])  # (batch, width)


def _mask(owners: Tensor) -> Tensor:
    seen, seer = owners[:, None, :], owners[:, :, None]
    before = torch.ones(owners.shape[1], owners.shape[1], dtype=torch.bool).tril()
    return (before & ((seen == seer) | (seen == 0)))[:, None]


def documents(texts: Sequence[Sequence[int]], end: int, length: int) -> list[list[int]]:
    """Token ids of all texts in one stream, each closed by `end`, cut into rows of `length`."""
    stream = [token for text in texts for token in (*text, end)]
    return [stream[at : at + length] for at in range(0, len(stream) - length + 1, length)]


def collate_documents(rows: Sequence[Sequence[int]]) -> Batch:
    """A batch for plain language modelling: ids (batch, seq), which are the labels too."""
    ids = torch.tensor(rows)
    return {"input_ids": ids, "labels": ids}
