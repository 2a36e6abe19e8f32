"""A model that begins as linear models of its tokens."""

import math

import pytest
import torch
from transformers import MistralConfig, MistralForCausalLM

from model_package.errors import UserError
from training_pipeline.linear_path import Words, open_path
from training_pipeline.lines import Line, Lines

YES, NO, END, TOKENS = 30, 31, 29, 32
REGISTERS = [27, 28]
WORDS = Words(REGISTERS, [YES], [NO])


def margin(model: MistralForCausalLM, ids: list[int]) -> float:
    """Between the answer words, after a prompt that begins and ends as all do."""
    with torch.inference_mode():
        last = model(torch.tensor([[*REGISTERS, *ids, END]])).logits[0, -1]
    return float(last[YES] - last[NO])


def small_model(layers: int = 2) -> MistralForCausalLM:
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": layers}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return MistralForCausalLM(
        MistralConfig(vocab_size=TOKENS, tie_word_embeddings=True, **shape, **heads)
    ).eval()


def line(weights: dict[int, float], bias: float = 0.0) -> Line:
    values = torch.zeros(TOKENS)
    values[list(weights)] = torch.tensor(list(weights.values()))
    return Line(values, bias)


def value(one: Line, ids: list[int]) -> float:
    return float(one.weights[[*REGISTERS, *ids, END]].mean()) + one.bias


# Tokens 3 and 4 speak for and against harm in texts that 8 marks; 5 and 6 in those that 7 marks.
LINES = Lines(
    [line({3: 8.0, 4: -8.0}, 0.25), line({5: 8.0, 6: -8.0}, -1.5)],
    [line({7: -9.0, 8: 9.0}, 0.5), line({7: 9.0, 8: -9.0}, -0.5)],
    [0.0, 1.0],
)


def mixture(lines: Lines, ids: list[int]) -> float:
    """What the lines say together."""
    pairs = zip(lines.looks, lines.prior, strict=True)
    odds = [math.exp(value(one, ids) + prior) for one, prior in pairs]
    own = [value(one, ids) for one in lines.own]
    return sum(o * v for o, v in zip(odds, own, strict=True)) / sum(odds)


def opened() -> MistralForCausalLM:
    model = small_model()
    open_path(model, LINES, WORDS)
    return model


TEXTS = [[3, 1, 8], [8, 8, 1, 8, 8, 4], [7, 5, 1], [1, 7, 6, 2], [3, 5, 8, 7, 5, 1], [1, 2], [7]]


@pytest.mark.parametrize("ids", TEXTS)
def test_the_model_says_what_the_lines_say_together(ids: list[int]) -> None:
    wanted = mixture(LINES, ids)
    assert margin(opened(), ids) == pytest.approx(wanted, abs=0.02 + 0.03 * abs(wanted))


def test_looks_and_lines_both_count() -> None:
    """Or the comparison above would be of one number."""
    found = [mixture(LINES, ids) for ids in TEXTS]
    own = [value(LINES.own[0], ids) for ids in TEXTS]
    assert max(found) - min(found) > 1.5
    assert max(abs(one - other) for one, other in zip(found, own, strict=True)) > 1


def test_a_long_text_is_mixed_as_a_short_one() -> None:
    ids = [3, 8, 1, 5] * 250
    assert margin(opened(), ids) == pytest.approx(mixture(LINES, ids), rel=0.03)


def test_as_many_sources_as_a_head_takes_are_mixed_in_a_long_text() -> None:
    own = [line({3 + n: 8.0}, 0.1 * n) for n in range(3)]
    looks = [line({10 + n: 9.0}) for n in range(3)]
    lines = Lines(own, looks, [0.0, 0.5, 0.0])
    model = small_model()
    open_path(model, lines, Words([26, *REGISTERS], [YES], [NO]))
    ids = [3, 4, 11, 5, 12, 10, 12, 1] * 60
    with torch.inference_mode():
        last = model(torch.tensor([[26, *REGISTERS, *ids, END]])).logits[0, -1]
    assert float(last[YES] - last[NO]) == pytest.approx(mixture(lines, ids), abs=0.03)


def test_words_that_are_answers_too_weigh_nothing_in_a_text() -> None:
    model = opened()
    assert margin(model, [3, YES, 8]) == pytest.approx(margin(model, [3, 1, 8]), abs=0.02)
    assert margin(model, [3, NO, NO, 8]) == pytest.approx(margin(model, [3, 1, 1, 8]), abs=0.03)


def test_no_other_word_is_likelier_than_an_answer() -> None:
    model = opened()
    with torch.inference_mode():
        last = model(torch.tensor([[*REGISTERS, 3, 1, 8, END]])).logits[0, -1]
    assert float(last[[YES, NO]].min()) > float(last[:YES].max()) + 4


def test_all_else_is_silent_at_first_and_can_be_tuned() -> None:
    model = opened()
    first, second = model.model.layers
    assert not first.mlp.down_proj.weight.any()
    assert not second.self_attn.o_proj.weight[:, 16:].any()
    model(torch.tensor([[*REGISTERS, 3, 1, END]])).logits[0, -1, YES].backward()
    assert first.mlp.down_proj.weight.grad.any()
    assert second.mlp.gate_proj.weight[4:].any()


def test_more_sources_than_a_head_has_room_for_are_refused() -> None:
    many = [line({1: 1.0})] * 8
    with pytest.raises(UserError, match="8 sources need two layers and heads of 36 dimensions, an"):
        open_path(small_model(), Lines(many, many, [0.0] * 8), WORDS)


def test_a_model_of_one_layer_is_refused() -> None:
    with pytest.raises(UserError, match="two layers .* this model has 1 and 16; raise lm.layers"):
        open_path(small_model(1), LINES, WORDS)


def test_a_tokenizer_without_registers_is_refused() -> None:
    with pytest.raises(UserError, match="as many registers, and this model's tokenizer has 1; set"):
        open_path(small_model(), LINES, Words(REGISTERS[:1], [YES], [NO]))
