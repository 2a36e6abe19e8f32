"""A language model that begins as linear models of its own tokens, and goes on from there.

Written into a Mistral-class model, so that before any tuning its margin between the answer words
is one shared line through the prompt's tokens, and for a text of a known source that source's own
line beside it. The last dimensions of the embeddings hold what each token adds to each line; the
first heads look at all tokens alike, and so carry the means to the prompt's end; neurons of the
first layer open each source's line to the texts that look like that source's, and write the sum
where only the answer words read it. Everything else begins silent. Small models learn small
corpora by heart before they find such a path by themselves.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from model_package.errors import UserError

NORM = 1.0  # of every embedding, so that normalising them keeps lines straight
CONSTANT = 0.2  # share of an embedding's norm that all tokens have in one dimension
SPREAD = 0.03  # deviation of a line's weights in the embeddings, of a norm of 1
QUIET = 1e-3  # deviation of a line that says nothing
LONGEST = 0.85  # of a token's weights together, of a norm of 1
CARRIED = 0.1  # how loud the means arrive: low, so that the last token's norm hardly changes
SUM = 1 / 16  # of a norm of 1: a margin of 1, where the answer words read it
STEEP = 2.0  # of a gate, which opens over two units of its line
EARLY = 1.0  # by how much of its line a gate opens before it is even
OPEN = 4.0  # the gate of the shared line, always


@dataclass(frozen=True, eq=False)
class Line:
    """A linear model of the mean of a prompt's tokens. weights: (tokens,); bias: a number."""

    weights: Tensor
    bias: float = 0.0


@dataclass(frozen=True)
class Lines:
    """In log-odds. shared: of harm, for every text. own: what a source's texts add to that.
    looks: whether a text is of that source; as many as `own`."""

    shared: Line
    own: Sequence[Line]
    looks: Sequence[Line]

    def all(self) -> list[Line]:
        """In the order of their dimensions."""
        return [self.shared, *self.own, *self.looks]


def open_path(model: Any, lines: Lines, yes: Iterable[int], no: Iterable[int]) -> None:
    """Write the lines into `model`, in place. They hold for prompts whose last token weighs
    nothing. yes, no: ids of the answer words, which as words of a text then weigh nothing.
    """
    width, places = model.config.hidden_size, _Places(model.config.hidden_size, len(lines.all()))
    _need_room(model.config, lines)
    with torch.no_grad():
        units = _write_table(model.get_input_embeddings().weight, lines.all(), places)
        _hush(model)
        _carry_means(model.model.layers[0].self_attn, places, model.config)
        loud = [unit * CARRIED * width for unit in units]
        _Neurons(model.model.layers[0].mlp, places, lines.all(), loud).write(len(lines.own))
        _answer(model.get_input_embeddings().weight, places, set(yes), set(no))


def _need_room(config: Any, lines: Lines) -> None:
    head, number = config.hidden_size // config.num_attention_heads, len(lines.all())
    if number > min(head, config.intermediate_size):
        raise UserError(
            f"{len(lines.own)} corpora need {number} dimensions of a head, and this model's heads "
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


@dataclass
class _Neurons:
    """The first neurons of the first layer. loud: of each line, what a log-odds of 1 is there."""

    mlp: Any
    places: _Places
    lines: Sequence[Line]
    loud: Sequence[float]
    used: int = 0

    def write(self, sources: int) -> None:
        """The shared line, and two neurons a source: the difference of two bent lines is a step
        that is flat on both sides."""
        self._add(0, None, OPEN, 1 / (OPEN / (1 + math.exp(-OPEN))))
        for number in range(1, sources + 1):
            for side in (1, -1):
                look = number + sources
                bias = STEEP * (self.lines[look].bias + EARLY + side)
                self._add(number, look, bias, side / (2 * STEEP))

    def _add(self, line: int, look: int | None, bias: float, sign: float) -> None:
        """One neuron: `sign` x line x SiLU(STEEP x look + bias), added to the sum."""
        gate, up, down = (
            getattr(self.mlp, name).weight for name in ("gate_proj", "up_proj", "down_proj")
        )
        one = CONSTANT * math.sqrt(self.places.width)  # what the constant is, normalised
        gate[self.used] = up[self.used] = 0
        if look is not None:
            gate[self.used, self.places.first + look] = STEEP / self.loud[look]
        gate[self.used, self.places.constant] = bias / one
        up[self.used, self.places.first + line] = 1 / self.loud[line]
        up[self.used, self.places.constant] = self.lines[line].bias / one
        down[self.places.total, self.used] = sign * SUM * NORM
        self.used += 1


def _answer(table: Tensor, places: _Places, yes: set[int], no: set[int]) -> None:
    """The answer words' embeddings: alike but for the sum, which they read with opposite signs."""
    margin = 1 / (2 * SUM * math.sqrt(places.width))
    for sign, ids in ((1, yes), (-1, no)):
        for one in ids:
            table[one] = 0
            table[one, 0] = math.sqrt(1 - CONSTANT**2) * NORM
            table[one, places.constant] = CONSTANT * NORM
            table[one, places.total] = sign * margin
