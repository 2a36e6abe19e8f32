"""Verb: the pretrained model begins as linear models of its own tokens; tuning goes on from there.

The lines are fitted to the labels and to the teacher's word (token_lines.py), and written into
the model's weights (linear_path.py): what comes out is a plain model in the same folder's form.
"""

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from data_preparation.record import Record
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.prompt import PromptBuilder
from training_pipeline.asks import doubt_of, make_builder, shown
from training_pipeline.cli import Job, main
from training_pipeline.phrases import parts
from training_pipeline.recipe import Recipe, need
from training_pipeline.rows import input_files, read_rows, row_files
from training_pipeline.run import Stage, need_manifest, run_stage
from training_pipeline.settings import CorpusLine
from training_pipeline.teacher import read_probabilities, teacher_files
from training_pipeline.token_lines import Row, fit_lines

VERB, PRETRAIN = "warm_start", "pretrain"


def warm_start(job: Job) -> dict[str, Any]:
    """The manifest of the model that begins as linear models."""
    settings = job.recipe.settings("warm_start", "prompts", "mix", "policy", "seed")
    settings |= job.recipe.settings("teacher") if job.recipe.teacher else {}
    settings |= {"records": [path.name for path in row_files(job)]}
    before = need_manifest(job.folder(PRETRAIN), PRETRAIN)
    stage = Stage(VERB, settings, (before, *teacher_files(job), *input_files(job)))
    return run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder, before.parent))


def _work(job: Job, folder: Path, start: Path) -> dict[str, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

    from training_pipeline.linear_path import Words, open_path  # noqa: PLC0415
    from training_pipeline.tokenizer import registers  # noqa: PLC0415

    recipe = job.recipe
    tokenizer = AutoTokenizer.from_pretrained(start, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(start, local_files_only=True)
    builder = make_builder(tokenizer, load_policy(recipe.policy), recipe.prompts)
    records = read_rows(job).labelled.train
    rows = list(prompt_rows(records, builder, recipe, read_probabilities(job)))
    own = {one.corpus: one for one in need(recipe.warm_start, VERB).lines}
    corpora = [own.get(name, CorpusLine(name)) for name in recipe.corpora()]
    lines = fit_lines(rows, corpora, parts(tokenizer))
    yes, no = zip(*((one.yes, one.no) for one in builder.answers.values()), strict=True)
    open_path(model, lines, Words(registers(tokenizer), yes, no))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return {"prompts": len(rows), "lines": len(lines.all())}


def prompt_rows(
    records: Sequence[Record],
    builder: PromptBuilder,
    recipe: Recipe,
    teacher: Mapping[str, float],
) -> Iterator[Row]:
    """Every prompt of what is seen of each record, under every view that it fits."""
    captions = [record.caption for record in records if record.caption]
    rng = random.Random(0)
    for record in tqdm(records, desc=f"{VERB}: prompts", mininterval=1):
        label, doubt = record.label or 0, doubt_of(record, teacher, recipe.teacher)
        for evidence in _seen(record, captions, recipe, rng):
            for question, view in builder.policy.asks(evidence):
                ids = builder.build(question, view, evidence).ids
                yield Row(ids, record.source or "", label, abs(label - doubt))


def _seen(
    record: Record, captions: Sequence[str], recipe: Recipe, rng: random.Random
) -> list[Evidence]:
    """The record as it is, and by the recipe's chance once more with an attack beside its text."""
    clean = replace(recipe.prompts, noise=0.0, misread=0.0, attacked=0.0)
    other = replace(clean, attacked=need(recipe.warm_start, VERB).attacked)
    seen = [shown(record, captions, prompts, rng) for prompts in (clean, other)]
    return seen if seen[0].ocr_text != seen[1].ocr_text else seen[:1]


if __name__ == "__main__":
    sys.exit(main(VERB, warm_start))
