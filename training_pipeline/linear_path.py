"""A language model that begins as linear models of its own tokens, and goes on from there.

Written into a Mistral-class model, so that before any tuning its margin between the answer words
is a mixture of lines through the prompt's tokens: one a source, weighed by how much the text
looks like that source's (a mixture of experts, Jacobs et al., 1991). The last dimensions of the
embeddings hold what each token adds to each line. In the first layer a head looks at all tokens
alike, and so carries the means to the prompt's end. In the second a head looks at the prompt's
registers, a token for each source that stands in no text, as much as the text looks like that
source's: the softmax of attention is the mixture's. Two neurons a source multiply the attention
by the source's line, and write the sum where only the answer words read it. Everything else
begins silent. Small models learn small corpora by heart before they find such a path by
themselves.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from model_package.errors import UserError
from training_pipeline.lines import Line, Lines
from training_pipeline.shapes import lines_width

CONSTANT = 0.2  # share of an embedding's norm, of 1, that all tokens have in one dimension
SPREAD = 0.03  # deviation of a line's weights in the embeddings
QUIET = 1e-3  # deviation of a line that says nothing
LONGEST = 0.85  # of a token's weights together
MARK = 0.5  # of a register, in the dimension that is its own
CARRIED = 0.1  # how loud means and shares arrive: low, so that the norm hardly changes
FAR = 20.0  # log-odds by which other tokens are less attended to than registers
THETA = 1e6  # base of RoPE: in the slower half of a head nothing turns within a long prompt
SHARP = 4.0  # of a whole share at a gate; a pair of neurons is exact for any
LIKELY = 26.0  # logit of the answer words: no other word is worth a thought after a prompt
SUM = 1 / 16  # of a margin of 1, where the answer words read it


@dataclass(frozen=True)
class Words:
    """Ids of tokens. registers: one a source at least, that begin every prompt. yes, no: the
    answer words, which as words of a text then weigh nothing."""

    registers: Sequence[int]
    yes: Iterable[int]
    no: Iterable[int]


def open_path(model: Any, lines: Lines, words: Words) -> None:
    """Write the lines into `model`, in place. They hold for prompts whose last token weighs
    nothing."""
    places = _Places(model.config.hidden_size, len(lines.own))
    _need_room(model.config, places, words)
    table, (first, second) = model.get_input_embeddings().weight, model.model.layers[:2]
    with torch.no_grad():
        loud = _write_table(table, lines.all(), places)
        _mark(table, words.registers, places)
        _hush(model)
        _slow_down(model)
        _carry_means(first.self_attn, places)
        _attend(second.self_attn, places, loud[places.sources :])
        _multiply(second.mlp, places, loud)
        _answer(table, places, words)


def _need_room(config: Any, places: "_Places", words: Words) -> None:
    head, number = config.hidden_size // config.num_attention_heads, places.sources
    wanted = lines_width(number)
    if wanted > min(head, config.intermediate_size) or config.num_hidden_layers < 2:
        raise UserError(
            f"{number} sources need two layers and heads of {wanted} dimensions, and this model "
            f"has {config.num_hidden_layers} and {head}; raise lm.layers or lm.hidden, or "
            "leave [warm_start] out"
        )
    if len(words.registers) < number:
        raise UserError(
            f"{number} sources need as many registers, and this model's tokenizer has "
            f"{len(words.registers)}; set lm.registers={number} and pretrain again, or leave "
            "[warm_start] out"
        )


@dataclass(frozen=True)
class _Places:
    """Dimensions: the body's, one that is constant, one for the sum, then a source each: what a
    text has of it, what its line of harm says, and how much a text looks like it."""

    width: int
    sources: int

    @property
    def looks(self) -> int:
        return self.width - self.sources

    @property
    def own(self) -> int:
        return self.looks - self.sources

    @property
    def shares(self) -> int:
        return self.own - self.sources

    @property
    def total(self) -> int:
        return self.shares - 1

    @property
    def constant(self) -> int:
        return self.shares - 2

    @property
    def gain(self) -> float:
        """Of a dimension, when an embedding's norm of 1 is normalised."""
        return math.sqrt(self.width)


def _write_table(table: Tensor, lines: Sequence[Line], places: _Places) -> list[float]:
    """Fill the embeddings; how loud a log-odds of 1 of each line arrives at the prompt's end.

    Biases are shared out among all tokens. The last one is its own neighbour: it arrives beside
    the mean.
    """
    weights = torch.stack([line.weights for line in lines], dim=1).to(table)  # (tokens, lines)
    units = SPREAD / weights.std(dim=0).clamp_min(QUIET)
    arrived = CARRIED * places.gain
    biases = torch.tensor([line.bias for line in lines]) * arrived / (1 + arrived)
    path = (weights + biases) * units
    path *= LONGEST / path.norm(dim=1, keepdim=True).clamp_min(LONGEST)
    body = table[:, : places.constant] / table[:, : places.constant].norm(dim=1, keepdim=True)
    rest = (1 - CONSTANT**2 - path.square().sum(dim=1, keepdim=True)).sqrt()
    constant = torch.full_like(rest, CONSTANT)
    silent = rest.new_zeros(len(rest), 1 + places.sources)
    table.copy_(torch.cat([body * rest, constant, silent, path], dim=1))
    return (units * arrived * places.gain).tolist()


def _mark(table: Tensor, registers: Sequence[int], places: _Places) -> None:
    """Registers have no constant, by which they are found, but a dimension of their own."""
    for number, one in enumerate(registers[: places.sources]):
        rest = float(table[one, : places.constant].square().sum())  # of the norm, which stays 1
        table[one, : places.constant] *= math.sqrt((rest + CONSTANT**2 - MARK**2) / rest)
        table[one, places.constant] = 0
        table[one, places.shares + number] = MARK


def _hush(model: Any) -> None:
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    for name, weight in model.named_parameters():
        if "norm" in name:
            weight.fill_(1)


def _slow_down(model: Any) -> None:
    """Positions turn queries and keys less; all attention is silent, and learns it from here."""
    model.config.rope_parameters = {"rope_type": "default", "rope_theta": THETA}
    model.model.rotary_emb = type(model.model.rotary_emb)(model.config)


def _carry_means(attention: Any, places: _Places) -> None:
    """The first heads look at all tokens alike."""
    width, lines = attention.head_dim, 2 * places.sources
    attention.q_proj.weight[: attention.num_key_value_groups * width] = 0
    attention.v_proj.weight[:width] = 0
    for number in range(lines):
        attention.v_proj.weight[number, places.own + number] = 1
        attention.o_proj.weight[places.own + number, number] = CARRIED


def _attend(attention: Any, places: _Places, loud: Sequence[float]) -> None:
    """The first head looks at registers, each as the text looks like its source's.

    Queries and keys meet in those dimensions that positions turn the least (RoPE).
    """
    width, mark, constant = attention.head_dim, MARK * places.gain, CONSTANT * places.gain
    query, key, value = (getattr(attention, f"{one}_proj").weight for one in "qkv")
    for weight in (query, key, value):
        weight[:width] = 0
    slow = width // 2 - 1
    query[slow, places.constant] = math.sqrt(width) * FAR / constant
    key[slow, places.constant] = -1 / constant
    for number in range(places.sources):
        query[slow - 1 - number, places.looks + number] = math.sqrt(width) / loud[number]
        key[slow - 1 - number, places.shares + number] = 1 / mark
        value[number, places.shares + number] = 1 / mark
        attention.o_proj.weight[places.shares + number, number] = CARRIED


def _multiply(mlp: Any, places: _Places, loud: Sequence[float]) -> None:
    """Share times line, by two neurons a source: SiLU(z) - SiLU(-z) = z."""
    for number in range(places.sources):
        for sign, neuron in ((1, 2 * number), (-1, 2 * number + 1)):
            mlp.gate_proj.weight[neuron] = 0
            mlp.up_proj.weight[neuron] = 0
            shared = sign * SHARP / (CARRIED * places.gain)
            mlp.gate_proj.weight[neuron, places.shares + number] = shared
            mlp.up_proj.weight[neuron, places.own + number] = sign / loud[number]
            mlp.down_proj.weight[places.total, neuron] = SUM / SHARP


def _answer(table: Tensor, places: _Places, words: Words) -> None:
    """The answer words' embeddings: alike but for the sum, which they read with opposite signs."""
    margin = 1 / (2 * SUM * places.gain)
    for sign, ids in ((1, set(words.yes)), (-1, set(words.no))):
        for one in ids:
            table[one] = 0
            table[one, 0] = math.sqrt(1 - CONSTANT**2)
            table[one, places.constant] = LIKELY / (CONSTANT * places.gain)
            table[one, places.total] = sign * margin
