"""A model that begins as a logistic regression on its tokens."""

import torch
from transformers import MistralConfig, MistralForCausalLM

from training_pipeline.linear_path import open_path

YES, NO = 10, 11


def margin(model: MistralForCausalLM, ids: list[int]) -> float:
    with torch.inference_mode():
        last = model(torch.tensor([ids])).logits[0, -1]
    return float(last[YES] - last[NO])


def small_model() -> MistralForCausalLM:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return MistralForCausalLM(
        MistralConfig(vocab_size=20, tie_word_embeddings=True, **shape, **heads)
    ).eval()


def test_tokens_that_speak_for_harm_raise_the_margin_wherever_they_stand() -> None:
    model = small_model()
    weights = torch.zeros(20, 2)
    weights[3], weights[4] = torch.tensor([4.0, 0.0]), torch.tensor([-4.0, 0.0])  # for, against
    weights[5], weights[6] = torch.tensor([0.0, 4.0]), torch.tensor([0.0, -4.0])
    open_path(model, weights, [YES, YES], [NO])
    for good, bad in ((4, 3), (6, 5)):
        for place in range(3):
            rows = [[1, 2, 7, 8], [1, 2, 7, 8]]
            rows[0][place], rows[1][place] = good, bad
            assert margin(model, rows[1]) > margin(model, rows[0]) + 0.02


def test_the_path_leaves_the_other_heads_and_layers_as_they_were() -> None:
    before, model = small_model(), small_model()
    open_path(model, torch.randn(20, 2), [YES], [NO])
    old, new = (one.model.layers[0].self_attn for one in (before, model))
    assert torch.equal(old.v_proj.weight[8:], new.v_proj.weight[8:])
    assert torch.equal(old.o_proj.weight[:, 8:], new.o_proj.weight[:, 8:])
    assert torch.equal(old.q_proj.weight[16:], new.q_proj.weight[16:])
    assert not new.q_proj.weight[:16].any()
    second = (one.model.layers[1].state_dict() for one in (before, model))
    assert all(torch.equal(*pair) for pair in zip(*(one.values() for one in second), strict=True))
