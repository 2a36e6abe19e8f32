"""A model that begins as linear models of its tokens."""

import pytest
import torch
from transformers import MistralConfig, MistralForCausalLM

from model_package.errors import UserError
from training_pipeline.linear_path import Line, Lines, open_path

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


# Tokens 3 and 4 speak for and against harm; 5 and 6 do so in texts of the source that 7 marks.
LINES = Lines(
    line({3: 6.0, 4: -6.0}, 0.25), [line({5: 8.0, 6: -8.0}, 0.5)], [line({7: 40.0, 8: -40.0}, 0.0)]
)


def opened() -> MistralForCausalLM:
    model = small_model()
    open_path(model, LINES, [YES], [NO])
    return model


@pytest.mark.parametrize("ids", [[3, 1, 8], [1, 2, 8, 4], [8, 8, 1], [3, 3, 8, 5, 1]])
def test_a_text_of_no_known_source_gets_the_shared_line(ids: list[int]) -> None:
    assert margin(opened(), ids) == pytest.approx(value(LINES.shared, ids), abs=0.1)


@pytest.mark.parametrize("ids", [[7, 5, 1], [1, 7, 6, 2], [7, 3, 5], [2, 4, 7, 7]])
def test_a_text_of_a_known_source_gets_its_own_line_as_well(ids: list[int]) -> None:
    expected = value(LINES.shared, ids) + value(LINES.own[0], ids)
    assert margin(opened(), ids) == pytest.approx(expected, abs=0.2)


def test_words_that_are_answers_too_weigh_nothing_in_a_text() -> None:
    model = opened()
    assert margin(model, [3, YES, 8]) == pytest.approx(margin(model, [3, 1, 8]), abs=0.01)
    assert margin(model, [3, NO, NO, 8]) == pytest.approx(margin(model, [3, 1, 1, 8]), abs=0.01)


def test_all_else_is_silent_at_first_and_can_be_tuned() -> None:
    model = opened()
    assert not model.model.layers[1].self_attn.o_proj.weight.any()
    assert not model.model.layers[1].mlp.down_proj.weight.any()
    model(torch.tensor([[3, 1, END]])).logits[0, -1, YES].backward()
    assert model.model.layers[1].mlp.down_proj.weight.grad.any()
    assert model.model.layers[0].mlp.gate_proj.weight[3:].any()


def test_more_corpora_than_a_head_has_room_for_are_refused() -> None:
    many = [line({1: 1.0})] * 8
    with pytest.raises(UserError, match="8 corpora need 17 dimensions of a head, and this model"):
        open_path(small_model(), Lines(line({1: 1.0}), many, many), [YES], [NO])
