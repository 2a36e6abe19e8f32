"""Verb: supervised tuning on the policy's own prompts, and on chats and completions.

The loss is on the answers alone. What a recipe's [adapter] says is trained: all weights, or a
low-rank adapter on frozen ones, which `merge` then adds to them.

    python -m training_pipeline.train --recipe NAME [--records FILE.jsonl] [KEY=VALUE ...]
    accelerate launch -m training_pipeline.train --recipe NAME
"""

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_preparation.manifest import MANIFEST
from model_package.errors import UserError
from model_package.policy import load_policy
from training_pipeline.asks import epoch_asks, make_builder, pack
from training_pipeline.cli import Job, main
from training_pipeline.launch import launch, wanted
from training_pipeline.processes import is_main
from training_pipeline.rows import Rows, input_files, read_rows, row_files, with_sources
from training_pipeline.run import Stage, need_manifest, run_stage
from training_pipeline.teacher import read_probabilities, teacher_files

if TYPE_CHECKING:
    from training_pipeline.talks import Example

PRETRAIN, START = "pretrain", "warm_start"
VERB, MERGE = "train", "merge"
MODEL_FILES = ("config.json", "*.safetensors", "tokenizer*", "*.jinja")


def train(job: Job) -> dict[str, Any]:
    """The manifest of the tuned model, which goes on from the recipe's base or pretrained one."""
    start = base_folder(job)
    settings = job.recipe.settings("train", "adapter", "prompts", "mix", "policy", "seed")
    del settings["adapter"]["kept"]  # is the merge's
    settings |= job.recipe.settings("teacher") if job.recipe.teacher else {}
    settings |= {"base": str(start), "records": [str(path) for path in row_files(job)]}
    settings |= job.recipe.settings("processes") if job.recipe.processes > 1 else {}
    stage = Stage(VERB, settings, (*model_files(start), *teacher_files(job), *input_files(job)))
    work = launch if wanted(job) else learn
    return run_stage(job.folder(VERB), stage, lambda folder: work(job, folder, start))


def tuned(job: Job) -> str:
    """The verb whose output is the finished model in full precision."""
    return MERGE if job.recipe.adapter.merges else VERB


def base_folder(job: Job) -> Path:
    """Where the model lies that tuning begins with."""
    if not job.recipe.base:
        before = START if job.recipe.warm_start else PRETRAIN
        return need_manifest(job.folder(before), before).parent
    folder = Path(job.recipe.base)
    if not (folder / "config.json").is_file():
        raise UserError(
            f"base model {folder}: no model is there (it has no config.json); give the folder of "
            "one by base=FOLDER (make weights: BASE_MODEL=FOLDER)"
        )
    return folder


def model_files(folder: Path) -> tuple[Path, ...]:
    """What stands for the model in `folder` in a manifest: its own manifest, or all its files."""
    if (folder / MANIFEST).is_file():
        return (folder / MANIFEST,)
    return tuple(sorted(path for name in MODEL_FILES for path in folder.glob(name)))


def learn(job: Job, folder: Path, start: Path) -> dict[str, Any]:
    """Tune the model in `start` into `folder`, as one of the processes or alone; metrics."""
    from training_pipeline.base_model import check_model, load_base, load_tokenizer  # noqa: PLC0415
    from training_pipeline.fit import Lesson  # noqa: PLC0415
    from training_pipeline.sft import tune_model  # noqa: PLC0415
    from training_pipeline.talks import collate_mixed  # noqa: PLC0415

    recipe = job.recipe
    check_model(start)  # before rows are read, which may take a while
    tokenizer = load_tokenizer(start)
    rows = read_rows(job)
    examples = all_examples(job, tokenizer, rows)
    model = load_base(start, recipe.adapter, recipe.train.half)
    lesson = Lesson(examples, collate_mixed)
    model, metrics = tune_model(model, tokenizer, lesson, recipe, folder)
    if is_main():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    counts = {"examples": len(examples), "prompts": sum(map(prompts_in, examples))}
    kept = {"kept": recipe.adapter.kept}  # of no training; for a merge that is told the run alone
    return {**metrics, **counts, **kept, "held_talks": rows.held_talks}


def all_examples(job: Job, tokenizer: Any, rows: Rows) -> "list[Example]":
    """The packs and talks of every epoch, one epoch after the other."""
    from training_pipeline.talks import make_talks  # noqa: PLC0415

    settings = job.recipe.train
    teacher = read_probabilities(job)
    builder = make_builder(tokenizer, load_policy(job.recipe.policy), job.recipe.prompts)
    recipe = with_sources(job.recipe, rows.labelled.train)
    talks = make_talks(tokenizer, rows.talks, settings.length)
    examples: list[Example] = []
    for epoch in range(settings.epochs):
        rng = random.Random(f"{recipe.seed} {epoch}")
        asks = epoch_asks(rows.labelled.train, builder, recipe, epoch, teacher)
        packs = pack(asks, settings.length, rng, settings.prompts)
        examples += rng.sample([*packs, *talks], len(packs) + len(talks)) if talks else packs
    if not examples:
        raise UserError("there is nothing to learn from: the recipe's mix and records are empty")
    return examples


def prompts_in(example: "Example") -> int:
    """How many prompts of the policy are in it."""
    return len(example) if isinstance(example, tuple) else 0


if __name__ == "__main__":
    sys.exit(main(VERB, train))
