"""Verb: supervised tuning on the policy's own prompts, with the loss on the answer word alone."""

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy

from data_preparation.corpora import read_corpora
from model_package.policy import load_policy
from model_package.prompt import PromptBuilder
from training_pipeline import pretrain
from training_pipeline.asks import Pack, epoch_asks, make_builder, pack
from training_pipeline.batches import collate
from training_pipeline.cli import Job, main
from training_pipeline.run import Stage, need_manifest, run_stage

VERB, SECOND = "train", "refine"


def train(job: Job) -> dict[str, Any]:
    """The manifest of the tuned model, which goes on from the pretrained one."""
    return _tune(job, VERB, pretrain.VERB)


def refine(job: Job) -> dict[str, Any]:
    """The manifest of the model tuned a second time, on the recipe's other mixture."""
    return _tune(replace(job, recipe=job.recipe.refined()), SECOND, VERB)


def tuned(job: Job) -> str:
    """The verb whose output is the finished model in full precision."""
    return SECOND if job.recipe.refine else VERB


def tune(job: Job) -> dict[str, Any]:
    """Every tuning that the recipe has; the manifest of the last."""
    first = train(job)
    return refine(job) if job.recipe.refine else first


def _tune(job: Job, verb: str, earlier: str) -> dict[str, Any]:
    before = need_manifest(job.folder(earlier), earlier)
    settings = job.recipe.settings("train", "prompts", "mix", "policy", "seed")
    stage = Stage(verb, settings, (before, *job.corpus_files()))
    return run_stage(job.folder(verb), stage, lambda folder: _work(job, folder, before.parent))


def _work(job: Job, folder: Path, start: Path) -> dict[str, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

    from training_pipeline.fit import Lesson, fit  # noqa: PLC0415

    recipe = job.recipe
    tokenizer = AutoTokenizer.from_pretrained(start, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(start, local_files_only=True)
    builder = make_builder(tokenizer, load_policy(recipe.policy), recipe.prompts)
    packs = all_packs(job, builder)
    metrics = fit(model, Lesson(packs, collate, answer_loss), recipe.train, folder, recipe.seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    prefixes = {"/".join(ask): len(parts[0]) for ask, parts in builder.parts.items()}
    return {**metrics, "prompts": sum(map(len, packs)), "prefix_tokens": prefixes}


def all_packs(job: Job, builder: PromptBuilder) -> list[Pack]:
    """The packs of every epoch, one epoch after the other."""
    recipe = job.recipe
    records = read_corpora(recipe.corpora(), job.corpora).train
    packs: list[Pack] = []
    for epoch in range(recipe.train.epochs):
        asks = epoch_asks(records, builder, recipe, epoch)
        packs += pack(asks, recipe.train.length, random.Random(f"{recipe.seed} {epoch}"))
    return packs


def answer_loss(outputs: Any, answers: Tensor, num_items_in_batch: Any = None) -> Tensor:
    """Mean cross entropy of the answers' tokens.  # logits (answers, vocabulary)"""
    return cross_entropy(outputs.logits.float(), answers)


if __name__ == "__main__":
    sys.exit(main(VERB, tune))
