"""Verb: a small BLIP captioner from scratch, on pictures with one reference caption each."""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from data_preparation.corpora import read_corpus
from data_preparation.record import Record
from data_preparation.registry import find_corpus
from model_package.errors import UserError
from training_pipeline.blip import make_blip, make_processor, make_wordpiece
from training_pipeline.cli import Job, main
from training_pipeline.recipe import Captioner, Recipe, need
from training_pipeline.run import Stage, run_stage

VERB = "train_captioner"
Example = tuple[torch.Tensor, list[int]]  # bytes of a picture (3, side, side); caption's ids


def train_captioner(job: Job) -> dict[str, Any]:
    """The manifest of the captioner."""
    corpus = find_corpus(need(job.recipe.captioner, "captioner").corpus)
    inputs = tuple(job.corpora / name for name in corpus.files())
    stage = Stage(VERB, job.recipe.settings("captioner", "seed"), inputs)
    return run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder))


def _work(job: Job, folder: Path) -> dict[str, Any]:
    from training_pipeline.fit import Lesson, fit  # noqa: PLC0415

    recipe, settings = job.recipe, need(job.recipe.captioner, "captioner")
    torch.manual_seed(recipe.seed)
    split = read_corpus(find_corpus(settings.corpus), job.corpora)
    records = [one for one in split.train if one.caption and one.image]
    tokenizer = make_wordpiece([one.caption or "" for one in records], settings.vocabulary)
    processor = make_processor(settings)
    model = make_blip(settings, tokenizer)
    data = [_example(job, one, processor, tokenizer, settings) for one in records]
    lesson = Lesson(_epochs(data, recipe), Collate(tokenizer))
    metrics = fit(model, lesson, settings.fit, folder, recipe.seed)
    model.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    size = sum(parameter.numel() for parameter in model.parameters())
    return {**metrics, "parameters": size, "pictures": len(data)}


def _example(
    job: Job, record: Record, processor: Any, tokenizer: Any, settings: Captioner
) -> Example:
    from PIL import Image  # noqa: PLC0415

    path = job.corpora / (record.image or "")
    try:
        with Image.open(path) as image:
            pixels = processor(images=image.convert("RGB"), return_tensors="pt")["pixel_values"][0]
    except OSError as error:
        raise UserError(f"{path}: cannot be read as a picture: {error}") from error
    ids = tokenizer(record.caption, truncation=True, max_length=settings.max_tokens)["input_ids"]
    return pixels.half(), ids


def _epochs(data: Sequence[Example], recipe: Recipe) -> list[Example]:
    """Every epoch's examples in a row, each epoch in its own order."""
    rows: list[Example] = []
    for epoch in range(need(recipe.captioner, "captioner").fit.epochs):
        rows += random.Random(f"{recipe.seed} {epoch}").sample(data, len(data))
    return rows


class Collate:
    """Examples become a batch: pixel_values (batch, 3, side, side), ids and labels (batch, seq)."""

    def __init__(self, tokenizer: Any) -> None:
        self.pad = tokenizer.pad_token_id

    def __call__(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        width = max(len(ids) for _, ids in examples)
        ids = torch.tensor([[*ids, *[self.pad] * (width - len(ids))] for _, ids in examples])
        return {
            "pixel_values": torch.stack([pixels for pixels, _ in examples]).float(),
            "input_ids": ids,
            "attention_mask": (ids != self.pad).long(),
            "labels": ids.masked_fill(ids == self.pad, -100),
        }


if __name__ == "__main__":
    sys.exit(main(VERB, train_captioner))
