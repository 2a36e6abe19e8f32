"""Draws each row's next token by that row's own seed and settings, inside `generate`.

With Gumbel noise added, the likeliest token is a fair draw, so that greedy decoding samples.
Knows nothing of models.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from data_preparation.providers.request import Request


@dataclass(frozen=True)
class RowSettings:
    """How one row is drawn. temperature: 0 takes the likeliest. tops: logprobs to report."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0
    tops: int = 0


def settings_of(request: Request) -> RowSettings:
    """The settings of `request`; its seed comes of everything in it."""
    given = request.settings
    return RowSettings(
        temperature=float(given.get("temperature", 1.0)),
        top_p=float(given.get("top_p", 1.0)),
        top_k=int(given.get("top_k", 0)),
        seed=int(request.key[:15], 16),
        tops=int(given.get("top_logprobs", 1)) if given.get("logprobs") else 0,
    )


class RowSampler:
    """A logits processor; one for each call of `generate`."""

    def __init__(self, rows: list[RowSettings]) -> None:
        self.rows = rows
        self.generators = [torch.Generator().manual_seed(row.seed) for row in rows]
        self.first: Tensor | None = None  # (batch, vocabulary), log-probabilities

    def __call__(self, ids: Tensor, scores: Tensor) -> Tensor:
        """Scores whose largest is the token to take; (batch, vocabulary) in and out."""
        if self.first is None:
            self.first = torch.log_softmax(scores.float(), -1).cpu()
        drawn = [self._draw(number, row) for number, row in enumerate(scores.float().cpu())]
        return torch.stack(drawn).to(scores.device, scores.dtype)

    def top(self, number: int, tokenizer: Any) -> tuple[dict[str, Any], ...]:
        """The first position's likeliest tokens of one row, as OpenAI reports them."""
        count = self.rows[number].tops
        if not count or self.first is None:
            return ()
        values, ids = self.first[number].topk(min(count, self.first.shape[1]))
        tops = [
            {"token": tokenizer.decode([one]), "logprob": value}
            for one, value in zip(ids.tolist(), values.tolist(), strict=True)
        ]
        return ({**tops[0], "top_logprobs": tops},)

    def _draw(self, number: int, scores: Tensor) -> Tensor:
        row = self.rows[number]
        if row.temperature <= 0:
            return scores
        kept = _cut(scores / row.temperature, row)
        uniform = torch.rand(scores.shape, generator=self.generators[number])
        return kept - torch.log(-torch.log(uniform.clamp(1e-20, 1 - 1e-7)))


def _cut(scores: Tensor, row: RowSettings) -> Tensor:
    """Scores with what top-k and top-p leave out at minus infinity."""
    if row.top_k > 0:
        least = scores.topk(min(row.top_k, len(scores))).values[-1]
        scores = scores.masked_fill(scores < least, -math.inf)
    if row.top_p < 1:
        ordered, places = scores.sort(descending=True)
        probabilities = ordered.softmax(-1)
        before = probabilities.cumsum(-1) - probabilities
        scores = scores.scatter(0, places[before >= row.top_p], -math.inf)
    return scores
