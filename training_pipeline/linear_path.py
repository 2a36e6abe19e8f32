"""A language model that begins as linear models of its own tokens, and goes on from there.

Written into a Mistral-class model, so that before any tuning its margin between the answer words
is a mixture of lines through the prompt's tokens: one a source, weighed by how much the text
looks like that source's. The last dimensions of the embeddings hold what each token adds to each
line; the first heads look at all tokens alike, and so carry the means to the prompt's end; neurons
of the first layer mix them (mixture.py), and write the sum where only the answer words read it.
Everything else begins silent. Small models learn small corpora by heart before they find such a
path by themselves.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from model_package.errors import UserError
from training_pipeline.mixture import Neurons

NORM = 1.0  # of every embedding, so that normalising them keeps lines straight
CONSTANT = 0.2  # share of an embedding's norm that all tokens have in one dimension
SPREAD = 0.03  # deviation of a line's weights in the embeddings, of a norm of 1
QUIET = 1e-3  # deviation of a line that says nothing
LONGEST = 0.85  # of a token's weights together, of a norm of 1
CARRIED = 0.1  # how loud the means arrive: low, so that the last token's norm hardly changes
LIKELY = 8.0  # of an answer word's constant: no other word is worth a thought after a prompt
SUM = 1 / 16  # of a norm of 1: a margin of 1, where the answer words read it


@dataclass(frozen=True, eq=False)
class Line:
    """A linear model of the mean of a prompt's tokens. weights: (tokens,); bias: a number."""

    weights: Tensor
    bias: float = 0.0


@dataclass(frozen=True)
class Lines:
    """In log-odds, one a source each. own: of harm, in that source's texts. looks: whether a text
    is of that source. prior: what a look is raised by, where texts are mixed of sources."""

    own: Sequence[Line]
    looks: Sequence[Line]
    prior: Sequence[float]

    def all(self) -> list[Line]:
        """In the order of their dimensions."""
        return [*self.own, *self.looks]


def open_path(
    model: Any, lines: Lines, neurons: Neurons, yes: Iterable[int], no: Iterable[int]
) -> None:
    """Write the lines into `model`, in place, and `neurons` that mix them. They hold for prompts
    whose last token weighs nothing. yes, no: ids of the answer words, which as words of a text
    then weigh nothing.
    """
    places = _Places(model.config.hidden_size, len(lines.all()))
    _need_room(model.config, lines)
    with torch.no_grad():
        units = _write_table(model.get_input_embeddings().weight, lines.all(), places)
        _hush(model)
        _carry_means(model.model.layers[0].self_attn, places, model.config)
        _mix(model.model.layers[0].mlp, places, neurons, _loudness(lines.all(), units, places))
        _answer(model.get_input_embeddings().weight, places, set(yes), set(no))


def _need_room(config: Any, lines: Lines) -> None:
    head, number = config.hidden_size // config.num_attention_heads, len(lines.all())
    if number > min(head, config.intermediate_size):
        raise UserError(
            f"{len(lines.own)} sources need {number} dimensions of a head, and this model's heads "
            f"have {head}; raise lm.hidden, or leave [warm_start] out"
        )


@dataclass(frozen=True)
class _Places:
    """Dimensions: the body's, one that is constant, one for the sum, then one a line."""

    width: int
    lines: int

    @property
    def first(self) -> int:
        return self.width - self.lines

    @property
    def total(self) -> int:
        return self.first - 1

    @property
    def constant(self) -> int:
        return self.first - 2


def _write_table(table: Tensor, lines: Sequence[Line], places: _Places) -> list[float]:
    """Fill the embeddings; how loud each line stands there, of a norm of 1 and a log-odds of 1."""
    weights = torch.stack([line.weights for line in lines], dim=1).to(table)  # (tokens, lines)
    units = SPREAD / weights.std(dim=0).clamp_min(QUIET)
    path = weights * units
    path *= (LONGEST / path.norm(dim=1, keepdim=True).clamp_min(LONGEST)).clamp_max(1)
    body = table[:, : places.constant] / table[:, : places.constant].norm(dim=1, keepdim=True)
    rest = (1 - CONSTANT**2 - path.square().sum(dim=1, keepdim=True)).sqrt()
    constant, total = torch.full_like(rest, CONSTANT), torch.zeros_like(rest)
    table.copy_(torch.cat([body * rest, constant, total, path], dim=1) * NORM)
    return units.tolist()


def _hush(model: Any) -> None:
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    for name, weight in model.named_parameters():
        if "norm" in name:
            weight.fill_(1)


def _carry_means(attention: Any, places: _Places, config: Any) -> None:
    width = config.hidden_size // config.num_attention_heads
    heads = config.num_attention_heads // config.num_key_value_heads  # that share their keys
    attention.q_proj.weight[: heads * width] = 0  # all tokens alike
    attention.v_proj.weight[:width] = 0
    for number in range(places.lines):
        attention.v_proj.weight[number, places.first + number] = 1
        attention.o_proj.weight[places.first + number, number] = CARRIED * NORM


def _loudness(lines: Sequence[Line], units: Sequence[float], places: _Places) -> Tensor:
    """(lines + 1, 2): what a log-odds of 1 is to a neuron of the first layer in each line's
    dimension, and the line's bias; of the constant, what it is, and 0."""
    loud = [unit * CARRIED * places.width for unit in units]
    rows = [*zip(loud, (line.bias for line in lines), strict=True)]
    return torch.tensor([*rows, (CONSTANT * math.sqrt(places.width), 0.0)])


def _mix(mlp: Any, places: _Places, neurons: Neurons, loudness: Tensor) -> None:
    """The first neurons of `mlp` do what `neurons` do, and add it to the sum."""
    loud, biases = loudness.T
    number = len(neurons.down)
    for name, wanted in (("gate_proj", neurons.gate), ("up_proj", neurons.up)):
        constant = wanted[:, -1] + wanted @ biases
        weight = getattr(mlp, name).weight
        weight[:number] = 0
        weight[:number, places.first :] = wanted[:, :-1] / loud[:-1]
        weight[:number, places.constant] = constant / loud[-1]
    mlp.down_proj.weight[places.total, :number] = neurons.down * SUM * NORM


def _answer(table: Tensor, places: _Places, yes: set[int], no: set[int]) -> None:
    """The answer words' embeddings: alike but for the sum, which they read with opposite signs."""
    margin = 1 / (2 * SUM * math.sqrt(places.width))
    for sign, ids in ((1, yes), (-1, no)):
        for one in ids:
            table[one] = 0
            table[one, 0] = math.sqrt(1 - CONSTANT**2) * NORM
            table[one, places.constant] = LIKELY
            table[one, places.total] = sign * margin
