"""The whole ladder of one recipe, verb after verb; what is done is skipped.

At the end the files that loading needs are installed into the weights of the profile that has
the recipe's name, with a model card and a lock; then its temperature and threshold are written.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from model_package.errors import UserError
from model_package.profile import WEIGHTS
from training_pipeline import processes
from training_pipeline.cli import Job, main
from training_pipeline.recipe import Recipe
from training_pipeline.recipe_checks import check_room
from training_pipeline.rows import input_files, row_files
from training_pipeline.run import read_manifest

LM, CAPTIONER = "quantize", "train_captioner"
WANTED = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "preprocessor_config.json",
    "vocab.txt",
    "quantize_config.json",
)
Verb = Callable[[Job], dict[str, Any]]


def climb(job: Job, weights: Path = WEIGHTS) -> dict[str, dict[str, Any]]:
    """Run every verb that is not done, and install the models; each verb's manifest."""
    from model_package.weights import write_lock  # noqa: PLC0415
    from training_pipeline.calibrate import calibrate, profile_of  # noqa: PLC0415
    from training_pipeline.card import model_card  # noqa: PLC0415

    check(job)
    manifests = {verb.__name__: verb(job) for verb in verbs(job)}
    folder = weights / job.recipe.name
    made = {"lm": LM} | ({"captioner": CAPTIONER} if job.recipe.captioner else {})
    for part, verb in made.items():
        install(job.folder(verb), folder / part)
    (folder / "README.md").write_text(model_card(_whole(job), manifests), encoding="utf-8")
    write_lock(folder, downloaded(folder, made))
    if weights == WEIGHTS and profile_of(job).is_file():
        manifests["calibrate"] = calibrate(job)
    print(f"ladder: installed into {folder}", file=sys.stderr)
    return manifests


def _whole(job: Job) -> Recipe:
    """The recipe with the command line's files of rows among its own."""
    return replace(job.recipe, records=tuple(map(str, row_files(job))))


def check(job: Job) -> None:
    """Refuse now what a later verb would refuse after an hour."""
    from training_pipeline.quantize import need_gptqmodel  # noqa: PLC0415
    from training_pipeline.train import base_folder  # noqa: PLC0415

    if processes.count() > 1:
        raise UserError("the ladder starts its own processes; run it alone, with processes=N")
    if job.recipe.base:
        base_folder(job)
    check_room(job.recipe, more=bool(job.records))
    lost = [path for path in input_files(job) if not path.is_file()]
    if lost:
        cure = "data sets: make data; corpora: CORPORA_DIR, or data_preparation.corpora fetch NAME"
        raise UserError(f"{lost[0]} does not exist, which the recipe reads ({cure})")
    if read_manifest(job.folder(LM)) is None:
        need_gptqmodel()


def verbs(job: Job) -> Iterator[Verb]:
    """The verbs of the job's recipe, in their order."""
    from training_pipeline.evaluate import evaluate  # noqa: PLC0415
    from training_pipeline.merge import merge  # noqa: PLC0415
    from training_pipeline.pretrain import pretrain  # noqa: PLC0415
    from training_pipeline.quantize import quantize  # noqa: PLC0415
    from training_pipeline.teacher import teacher  # noqa: PLC0415
    from training_pipeline.train import train  # noqa: PLC0415
    from training_pipeline.train_captioner import train_captioner  # noqa: PLC0415
    from training_pipeline.warm_start import warm_start  # noqa: PLC0415

    recipe = job.recipe
    if not recipe.base:
        yield pretrain
    if recipe.teacher:
        yield teacher
    if recipe.warm_start:
        yield warm_start
    yield train
    if recipe.adapter.merges:
        yield merge
    yield quantize
    if recipe.captioner:
        yield train_captioner
    yield evaluate


def downloaded(folder: Path, made: Iterable[str]) -> dict[str, dict[str, str]]:
    """What the lock in `folder` says of where models came from, less those that were `made`."""
    lock = folder / "lock.json"
    if not lock.is_file():
        return {}
    sources = json.loads(lock.read_text(encoding="utf-8")).get("sources", {})
    return {name: source for name, source in sources.items() if name not in set(made)}


def install(source: Path, target: Path) -> None:
    """Copy the files that loading needs, and no others, into `target`; what lies there is kept
    until the copy is whole."""
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path in (path for name in WANTED for path in sorted(source.glob(name))):
        shutil.copyfile(path, fresh / path.name)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    sys.exit(main("ladder", climb))
