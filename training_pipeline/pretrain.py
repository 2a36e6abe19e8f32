"""Verb: a tokenizer and a small causal LM from scratch, on the texts of all labelled rows.

Only the training side of the split is read, so that validation texts stay unseen.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from data_preparation.record import Record
from model_package.normalise import plain
from model_package.policy import load_policy
from training_pipeline.batches import collate_documents, documents
from training_pipeline.cli import Job, main
from training_pipeline.recipe import Recipe, need
from training_pipeline.rows import input_files, need_both_classes, read_rows, row_files
from training_pipeline.run import Stage, run_stage
from training_pipeline.shapes import LanguageModel

VERB = "pretrain"


def pretrain(job: Job) -> dict[str, Any]:
    """The manifest of the pretrained model and its tokenizer."""
    recipe = job.recipe
    settings = recipe.settings("lm", "pretrain", "mix", "policy", "seed")
    settings |= {"records": [path.name for path in row_files(job)]}
    stage = Stage(VERB, settings, input_files(job))
    return run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder))


def _work(job: Job, folder: Path) -> dict[str, Any]:
    from training_pipeline.embeddings import count_embeddings  # noqa: PLC0415
    from training_pipeline.fit import Lesson, fit  # noqa: PLC0415
    from training_pipeline.tokenizer import train_tokenizer  # noqa: PLC0415

    recipe = job.recipe
    shape, settings = need(recipe.lm, "lm"), need(recipe.pretrain, "pretrain")
    torch.manual_seed(recipe.seed)
    records = read_rows(job).labelled.train
    need_both_classes(record for record in records if record.source in recipe.corpora())
    texts = _texts(records)
    tokenizer = train_tokenizer(
        texts, load_policy(recipe.policy), shape.vocabulary, shape.phrases, shape.registers
    )
    model = make_model(shape, tokenizer)
    ids = tokenizer(texts)["input_ids"]
    table = count_embeddings(ids, len(tokenizer), shape.hidden, recipe.seed)
    model.get_input_embeddings().weight.data.copy_(table)
    data = _epochs(ids, tokenizer.bos_token_id, recipe)
    metrics = fit(model, Lesson(data, collate_documents), settings, folder, recipe.seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    size = sum(parameter.numel() for parameter in model.parameters())
    return {**metrics, "parameters": size, "tokens": sum(map(len, data))}


def make_model(shape: LanguageModel, tokenizer: Any) -> Any:
    """A Mistral-class model of that shape, with random weights."""
    from transformers import MistralConfig, MistralForCausalLM  # noqa: PLC0415

    return MistralForCausalLM(
        MistralConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.hidden,
            intermediate_size=shape.intermediate,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads,
            max_position_embeddings=shape.positions,
            sliding_window=None,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def _texts(records: Sequence[Record]) -> list[str]:
    texts = (plain(part) for record in records for part in (record.text, record.caption) if part)
    return sorted(set(filter(None, texts)))


def _epochs(texts: list[list[int]], end: int, recipe: Recipe) -> list[list[int]]:
    settings = need(recipe.pretrain, "pretrain")
    rows: list[list[int]] = []
    for epoch in range(settings.epochs):
        random.Random(f"{recipe.seed} {epoch}").shuffle(texts)
        rows += documents(texts, end, settings.length)
    return rows


if __name__ == "__main__":
    sys.exit(main(VERB, pretrain))
