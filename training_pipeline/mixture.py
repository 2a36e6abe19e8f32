"""Neurons that weigh lines by how a text looks, learnt by imitation.

What is wanted: each source's line, weighed by how likely the text is of that source (a mixture of
experts, Jacobs et al., 1991). A gated neuron multiplies, but knows no softmax; so some are taught
the sum on the values that the lines have on real texts, and on mixtures of these. Knows neither
tokens nor models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss, silu

BATCH, RATE = 2048, 1e-2
FAR = 8.0  # log-odds beyond which a line says no more
SHAKE = 0.1  # log-odds of noise, so that what lies between texts is learnt as well
MIXED = 0.1  # share of texts that get the looks of another
TINY = 1e-3


@dataclass(frozen=True, eq=False)
class Neurons:
    """down @ (SiLU(gate @ x) * (up @ x)), where x is own, looks and a 1.

    gate, up: (neurons, 2 x sources + 1); down: (neurons,).
    """

    gate: Tensor
    up: Tensor
    down: Tensor

    def __call__(self, own: Tensor, looks: Tensor) -> Tensor:
        """(texts,): the mixture's log-odds, nearly. own, looks: (texts, sources)."""
        inputs = torch.cat([own, looks, torch.ones(len(own), 1)], dim=1)
        return (silu(inputs @ self.gate.T) * (inputs @ self.up.T)) @ self.down


@dataclass(frozen=True)
class Practice:
    """How many neurons learn, for how many steps, by which chance."""

    neurons: int
    steps: int
    seed: int


def mixture(own: Tensor, looks: Tensor, prior: Tensor) -> Tensor:
    """(texts,): `own` weighed by the softmax of `looks` and `prior`. own, looks: (texts, sources),
    in log-odds; prior: (sources,)."""
    return ((looks + prior).softmax(dim=1) * own).sum(dim=1)


def imitate(own: Tensor, looks: Tensor, prior: Tensor, practice: Practice) -> Neurons:
    """Neurons that do what `mixture` does, near what is shown of `own` and `looks`."""
    generator = torch.Generator().manual_seed(practice.seed)
    own = own.clamp(-FAR, FAR)
    scale = torch.cat([own.std(0), looks.std(0), torch.ones(1)]).clamp_min(TINY)
    centre = torch.cat([torch.zeros(own.shape[1]), looks.mean(0)])
    weights = _begin(practice.neurons, len(scale), generator)
    optimizer = torch.optim.Adam(weights)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=practice.steps)
    for _ in range(practice.steps):
        texts = _mixed(own, looks, generator)
        found = _raw(weights, scale, centre)(*texts)
        optimizer.zero_grad()
        mse_loss(found, mixture(*texts, prior)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        return _raw([one.detach() for one in weights], scale, centre)


def _begin(neurons: int, inputs: int, generator: torch.Generator) -> list[nn.Parameter]:
    """Random gate, up and down weights."""
    wide = ((neurons, inputs), inputs**-0.5)
    return [
        nn.Parameter(torch.randn(shape, generator=generator) * deviation)
        for shape, deviation in (wide, wide, ((neurons,), neurons**-0.5))
    ]


def _mixed(own: Tensor, looks: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A batch of shaken values, some with the looks of another text."""
    size = (BATCH,)
    texts = torch.randint(len(own), size, generator=generator)
    others = torch.randint(len(own), size, generator=generator)
    mixed = torch.rand(size, generator=generator) < MIXED
    pair = own[texts], looks[torch.where(mixed, others, texts)]
    noise = [SHAKE * torch.randn(one.shape, generator=generator) for one in pair]
    return pair[0] + noise[0], pair[1] + noise[1]


def _raw(weights: Sequence[Tensor], scale: Tensor, centre: Tensor) -> Neurons:
    """The neurons of plain values, where `weights` are those of values around 0 and of size 1."""
    gate, up, down = weights
    sides = []
    for side in (gate / scale, up / scale):
        shift = side[:, :-1] @ centre
        sides.append(torch.cat([side[:, :-1], side[:, -1:] - shift[:, None]], dim=1))
    return Neurons(sides[0], sides[1], down)
