"""Packs: what a prompt's answer sees, and that company changes nothing."""

import random

import torch
from transformers import MistralConfig, MistralForCausalLM

from training_pipeline.asks import Ask, pack, rub_out
from training_pipeline.batches import collate, documents

PREFIX = (5, 6)
ASKS = (
    Ask((*PREFIX, 7, 8), 2, 1),
    Ask((*PREFIX, 9), 2, 2),
    Ask((*PREFIX, 10, 11, 12), 2, 1),
)


def test_exact_tensors_of_a_pack() -> None:
    batch = collate([ASKS[:2]])
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, 9]]
    assert batch["position_ids"].tolist() == [[0, 1, 2, 3, 2]]
    assert batch["logits_to_keep"].tolist() == [[False, False, False, True, True]]
    assert batch["labels"].tolist() == [1, 2]
    assert batch["attention_mask"].int().tolist() == [
        [
            [
                [1, 0, 0, 0, 0],
                [1, 1, 0, 0, 0],
                [1, 1, 1, 0, 0],
                [1, 1, 1, 1, 0],
                [1, 1, 0, 0, 1],
            ]
        ]
    ]


def test_an_answer_in_a_pack_is_the_answer_alone() -> None:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    model = MistralForCausalLM(MistralConfig(vocab_size=20, **shape, **heads)).eval()
    batch = collate([ASKS[:2], ASKS[2:]])
    batch.pop("labels")
    with torch.inference_mode():
        together = model(**batch).logits
        alone = [model(torch.tensor([ask.ids])).logits[0, -1] for ask in ASKS]
    assert torch.allclose(together, torch.stack(alone), atol=1e-5)


def test_packs_keep_prefixes_apart_and_lose_nothing() -> None:
    other = Ask((5, 7, 1), 2, 2)
    packs = pack([*ASKS, other], 5, random.Random(0))
    assert sorted(ask.ids for one in packs for ask in one) == sorted(a.ids for a in (*ASKS, other))
    for one in packs:
        assert len({ask.ids[:2] for ask in one}) == 1
        assert 2 + sum(len(ask.ids) - 2 for ask in one) <= 5


def test_a_prompt_too_long_for_a_pack_goes_alone() -> None:
    assert pack([ASKS[2], ASKS[1]], 4, random.Random(0)).__len__() == 2


def test_documents_are_cut_from_one_stream() -> None:
    assert documents([[1, 2], [3], [4, 5, 6]], 0, 4) == [[1, 2, 0, 3], [0, 4, 5, 6]]


def test_noise_only_removes_characters() -> None:
    assert rub_out("harmless", 0.0, random.Random(0)) == "harmless"
    rubbed = rub_out("ab" * 500, 0.1, random.Random(0))
    assert 850 < len(rubbed) < 950
