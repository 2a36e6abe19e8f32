"""Prompts one after another score as each alone: the GPU's way, here on a CPU in fp32."""

import random

import pytest
import torch
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, MistralConfig

from model_package.evidence import Evidence
from model_package.gptq import load_causal_lm
from model_package.job import Job, in_a_row, in_buckets
from model_package.packing import NAME, enable, lay_out
from model_package.policy import load_policy
from model_package.profile import WEIGHTS
from model_package.prompt import PromptBuilder
from model_package.score import Scorer

CPU = torch.device("cpu")
LM = WEIGHTS / "pocket" / "lm"
WORDS = "THEY SAID a quick meeting 世界 都是 வணக்கம் nak balik <|im_end|> kampung".split()


def evidences(count: int) -> list[Evidence]:
    chance = random.Random(0)
    texts = [chance.choices(WORDS, k=chance.choice([0, 1, 5, 40, 90])) for _ in range(count)]
    captions = [chance.choices(WORDS, k=chance.randrange(20)) for _ in range(count)]
    return [Evidence(*map(" ".join, both)) for both in zip(captions, texts, strict=True)]


def scorer(packs: bool, batch_tokens: int = 600) -> Scorer:
    from transformers import AutoTokenizer

    budgets = {"caption": 99, "ocr_text": 999}
    builder = PromptBuilder(AutoTokenizer.from_pretrained(LM), load_policy("ospc"), budgets)
    model = load_causal_lm(LM, "unpack", torch.float32, CPU)
    return Scorer(model, builder, batch_tokens, packs)


def test_packed_prompts_score_as_padded_ones_do() -> None:
    seen, packed = evidences(40), scorer(packs=True)
    assert packed.packs
    assert packed.model.config._attn_implementation == NAME
    for ours, theirs in zip(packed.score(seen), scorer(packs=False).score(seen), strict=True):
        assert ours == pytest.approx(theirs, abs=2e-6)
    again = packed.score(seen[::-1])[::-1]  # and the prefix is as it was
    for one, other in zip(packed.score(seen), again, strict=True):
        assert one == pytest.approx(other, abs=2e-6)


def test_no_padding_is_computed() -> None:
    packed, counted = scorer(packs=True, batch_tokens=10_000), []
    packed.score(evidences(1))  # the prefixes
    packed.model.register_forward_pre_hook(lambda _, given: counted.append(given[0].shape))
    seen = evidences(30)
    packed.score(seen)
    prompts = [
        packed.builder.build(question, view, evidence)
        for evidence in seen
        for question, view in packed.builder.policy.asks(evidence)
    ]
    assert len(counted) == 2  # one forward pass a view
    assert [rows for rows, _ in counted] == [1, 1]
    assert sum(n for _, n in counted) == sum(len(one.ids) - one.prefix for one in prompts)


def test_the_layout_names_each_token_once() -> None:
    packing = lay_out(torch.tensor([2, 3, 1]), CPU)
    assert packing.places.tolist() == [[0, 1, 0], [2, 3, 4], [5, 0, 0]]
    assert packing.here.tolist() == [[True, True, False], [True] * 3, [True, False, False]]
    assert packing.places[packing.here].tolist() == list(range(6))


def test_other_kinds_of_models_are_left_as_they_are() -> None:
    shape = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "vocab_size": 9}
    plain = {**shape, "num_hidden_layers": 1, "num_key_value_heads": 1}
    narrow = MistralConfig(**plain, sliding_window=64)
    other = GPT2Config(vocab_size=9, n_embd=8, n_layer=1, n_head=2)
    for config, can in ((LlamaConfig(**plain), True), (narrow, False), (other, False)):
        model = AutoModelForCausalLM.from_config(config)
        assert enable(model) is can
        assert (model.config._attn_implementation == NAME) is can


def test_jobs_go_together_by_length() -> None:
    jobs = [Job(n, ("q", "v"), (7,) * length) for n, length in enumerate([30, 3, 17, 16, 50])]

    def rows(batches: object) -> list[list[int]]:
        return [[job.row for job in batch] for batch in batches]  # type: ignore[attr-defined]

    assert rows(in_buckets(jobs, 64)) == [[0, 2], [1, 3], [4]]
    assert rows(in_buckets(jobs, 32)) == [[0], [2], [1, 3], [4]]
    assert rows(in_a_row(jobs, 36)) == [[1, 3, 2], [0], [4]]
    assert rows(in_a_row(jobs, 1)) == [[1], [3], [2], [0], [4]]
    assert rows(in_a_row([], 9)) == []


def test_it_works_on_weights_that_stay_packed() -> None:
    seen = evidences(6)
    builder = scorer(packs=False).builder
    model = load_causal_lm(LM, "packed", torch.float32, CPU)
    for ours, theirs in zip(
        Scorer(model, builder, 999, packs=True).score(seen),
        scorer(packs=False).score(seen),
        strict=True,
    ):
        assert ours == pytest.approx(theirs, abs=2e-6)
