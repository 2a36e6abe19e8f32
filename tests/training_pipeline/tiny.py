"""A tiny chat model and its tokenizer, made on the spot, for tests of tuning."""

from pathlib import Path
from typing import Any

import torch
from transformers import MistralConfig, MistralForCausalLM

from model_package.policy import load_policy
from training_pipeline.tokenizer import train_tokenizer

TEXTS = ["the market is near the river", "a terrible awful house", "lovely music in the garden"]


def make_tokenizer() -> Any:
    """A tokenizer that knows the policy's words, with a chat template."""
    return train_tokenizer(TEXTS * 5, load_policy("ospc"), 500)


def make_base(folder: Path, spread: float = 0.02) -> Path:
    """A random Mistral of two layers and its tokenizer, in `folder`. spread: of its weights; with
    more of it, prompts differ more."""
    tokenizer = make_tokenizer()
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    config = MistralConfig(
        vocab_size=len(tokenizer),
        **shape,
        **heads,
        sliding_window=None,
        initializer_range=spread,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    MistralForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
