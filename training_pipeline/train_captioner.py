"""Verb: a small BLIP captioner from scratch, on pictures with one reference caption each.

It learns to write what a picture's look-alikes agree on (consensus.py), and how the picture
looks (looks.py); it is scored on pictures that it never saw, near-duplicates apart.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from data_preparation.corpora import read_corpus
from data_preparation.record import Record
from data_preparation.registry import find_corpus
from data_preparation.split import Split, cut, keep_apart
from training_pipeline.blip import (
    Collate,
    Example,
    TwoTasks,
    make_blip,
    make_processor,
    make_wordpiece,
)
from training_pipeline.caption_scores import rate
from training_pipeline.cli import Job, main
from training_pipeline.consensus import LookAlikes
from training_pipeline.looks import Sight, looks
from training_pipeline.pictures import Squares, group_alike, squares, views
from training_pipeline.recipe import need
from training_pipeline.run import Stage, run_stage
from training_pipeline.shapes import Captioner

VERB = "train_captioner"
SIGHT = 128  # numbers that tell how a picture looks


@dataclass(frozen=True)
class Pictures:
    """Records to learn from, and their pixels, in order.

    tenth, validation: records to be judged by, none of which is near one to learn from.
    """

    train: tuple[Record, ...]
    pixels: Squares
    tenth: tuple[Record, ...]
    validation: tuple[Record, ...]


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
    pictures = read_pictures(job, settings)
    tokenizer = make_wordpiece([one.caption or "" for one in pictures.train], settings.vocabulary)
    processor = make_processor(settings)
    model = make_blip(settings, tokenizer)
    data = _examples(pictures, tokenizer, settings)
    model.sight = nn.Linear(settings.hidden, len(data[0][2]))  # trained, and saved, with the rest
    loss = TwoTasks(model.sight, settings.sight)
    lesson = Lesson(_epochs(data, settings, recipe.seed), Collate(tokenizer, processor), loss)
    metrics = fit(model, lesson, settings.fit, folder, recipe.seed)
    del model.sight
    model.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    size = sum(parameter.numel() for parameter in model.parameters())
    scores = _scores(job, folder, pictures)
    return {**metrics, "parameters": size, "pictures": len(pictures.train), **scores}


def read_pictures(job: Job, settings: Captioner) -> Pictures:
    """The corpus's captioned pictures: a grouped tenth of its train rows is held out too."""
    split = read_corpus(find_corpus(settings.corpus), job.corpora)
    given = [one for one in split.train + split.validation if one.caption and one.image]
    pixels = squares(_paths(job, given), settings.image)
    grouped = group_alike(given, pixels)
    place = {one.id: n for n, one in enumerate(given)}
    held = {one.id for one in split.validation}
    train = tuple(one for one in grouped if one.id not in held)
    apart = keep_apart(Split(train, tuple(one for one in grouped if one.id in held)))
    parts = cut(apart.train)
    mine = pixels[[place[one.id] for one in parts.train]]
    return Pictures(parts.train, mine, parts.validation, apart.validation)


def _paths(job: Job, records: Sequence[Record]) -> list[Path]:
    return [job.corpora / (one.image or "") for one in records]


def _examples(pictures: Pictures, tokenizer: Any, settings: Captioner) -> list[Example]:
    """The views of every picture, each with the caption that its look-alikes agree on."""
    shown = views(pictures.pixels, settings.views, 0)
    seen = looks(shown)
    known = [part[:: settings.views] for part in seen]  # the first view is the picture itself
    groups = [one.group or one.id for one in pictures.train]
    alike = LookAlikes(known, [one.caption or "" for one in pictures.train], groups)
    captions = alike.agree(seen, list(np.repeat(groups, settings.views)))
    targets = Sight(known, SIGHT)(seen)
    kept = {"truncation": True, "max_length": settings.max_tokens}
    ids = [tokenizer(text, **kept)["input_ids"] for text in captions]
    return list(zip(shown, ids, targets, strict=True))


def _epochs(data: Sequence[Example], settings: Captioner, seed: int) -> list[Example]:
    """Every epoch's examples in a row, each epoch in its own order."""
    rows: list[Example] = []
    for epoch in range(settings.fit.epochs):
        rows += random.Random(f"{seed} {epoch}").sample(data, len(data))
    return rows


def _scores(job: Job, folder: Path, pictures: Pictures) -> dict[str, Any]:
    """How well the captioner in `folder` writes, on the validation rows and on the tenth."""
    from model_package.caption import load_captioner  # noqa: PLC0415
    from model_package.images import load_image  # noqa: PLC0415
    from model_package.profile import Captioner as Settings  # noqa: PLC0415
    from model_package.profile import Limits  # noqa: PLC0415

    captioner = load_captioner(folder, Settings(), torch.device("cpu"))
    train = [one.caption or "" for one in pictures.train]
    found = {}
    for name, records in (("scores", pictures.validation), ("tenth", pictures.tenth)):
        written = captioner.caption(
            [load_image(str(path), Limits()) for path in _paths(job, records)]
        )
        found[name] = rate(written, [one.caption or "" for one in records], train)
    return found


if __name__ == "__main__":
    sys.exit(main(VERB, train_captioner))
