"""A model that begins as linear models of its tokens."""

import functools

import pytest
import torch
from transformers import MistralConfig, MistralForCausalLM

from model_package.errors import UserError
from training_pipeline.linear_path import Line, Lines, open_path
from training_pipeline.mixture import Neurons, Practice, imitate

YES, NO, END, TOKENS = 30, 31, 29, 32


def margin(model: MistralForCausalLM, ids: list[int]) -> float:
    """Between the answer words, after a prompt that ends as all do."""
    with torch.inference_mode():
        last = model(torch.tensor([[*ids, END]])).logits[0, -1]
    return float(last[YES] - last[NO])


def small_model() -> MistralForCausalLM:
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return MistralForCausalLM(
        MistralConfig(vocab_size=TOKENS, tie_word_embeddings=True, **shape, **heads)
    ).eval()


def line(weights: dict[int, float], bias: float = 0.0) -> Line:
    values = torch.zeros(TOKENS)
    values[list(weights)] = torch.tensor(list(weights.values()))
    return Line(values, bias)


def value(one: Line, ids: list[int]) -> float:
    return float(one.weights[[*ids, END]].mean()) + one.bias


# Tokens 3 and 4 speak for and against harm in texts that 8 marks; 5 and 6 in those that 7 marks.
LINES = Lines(
    [line({3: 8.0, 4: -8.0}, 0.25), line({5: 8.0, 6: -8.0}, 0.5)],
    [line({7: -40.0, 8: 40.0}), line({7: 40.0, 8: -40.0})],
    [0.0, 0.0],
)


@functools.cache
def neurons() -> Neurons:
    own = 3 * torch.randn((500, 2), generator=torch.Generator().manual_seed(1))
    looks = 8 * torch.randn((500, 1), generator=torch.Generator().manual_seed(2))
    return imitate(own, torch.cat([looks, -looks], dim=1), torch.zeros(2), Practice(32, 2000, 1))


def opened() -> MistralForCausalLM:
    model = small_model()
    open_path(model, LINES, neurons(), [YES], [NO])
    return model


@pytest.mark.parametrize("ids", [[3, 1, 8], [1, 2, 8, 4], [8, 8, 1], [3, 5, 8, 8, 5, 1]])
def test_a_text_of_one_source_gets_that_source_s_line(ids: list[int]) -> None:
    assert margin(opened(), ids) == pytest.approx(value(LINES.own[0], ids), abs=0.25)


@pytest.mark.parametrize("ids", [[7, 5, 1], [1, 7, 6, 2], [7, 3, 5], [2, 4, 7, 7]])
def test_a_text_of_another_source_gets_another(ids: list[int]) -> None:
    assert margin(opened(), ids) == pytest.approx(value(LINES.own[1], ids), abs=0.25)


def test_the_model_says_what_the_neurons_say_of_the_lines() -> None:
    ids = [3, 5, 5, 7, 8, 1]
    own, looks = (
        torch.tensor([[value(one, ids) for one in each]]) for each in (LINES.own, LINES.looks)
    )
    assert margin(opened(), ids) == pytest.approx(float(neurons()(own, looks)), abs=0.1)


def test_words_that_are_answers_too_weigh_nothing_in_a_text() -> None:
    model = opened()
    assert margin(model, [3, YES, 8]) == pytest.approx(margin(model, [3, 1, 8]), abs=0.01)
    assert margin(model, [3, NO, NO, 8]) == pytest.approx(margin(model, [3, 1, 1, 8]), abs=0.01)


def test_no_other_word_is_likelier_than_an_answer() -> None:
    model = opened()
    with torch.inference_mode():
        last = model(torch.tensor([[3, 1, 8, END]])).logits[0, -1]
    assert float(last[[YES, NO]].min()) > float(last[:YES].max()) + 4


def test_all_else_is_silent_at_first_and_can_be_tuned() -> None:
    model = opened()
    assert not model.model.layers[1].self_attn.o_proj.weight.any()
    assert not model.model.layers[1].mlp.down_proj.weight.any()
    model(torch.tensor([[3, 1, END]])).logits[0, -1, YES].backward()
    assert model.model.layers[1].mlp.down_proj.weight.grad.any()
    assert model.model.layers[0].mlp.gate_proj.weight[3:].any()


def test_more_corpora_than_a_head_has_room_for_are_refused() -> None:
    many = [line({1: 1.0})] * 9
    with pytest.raises(UserError, match="9 sources need 18 dimensions of a head, and this model"):
        open_path(small_model(), Lines(many, many, [0.0] * 9), neurons(), [YES], [NO])
