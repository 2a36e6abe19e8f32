"""The whole ladder of one recipe, verb after verb; what is done is skipped.

At the end the files that loading needs are installed into the weights of the profile that has
the recipe's name, with a model card and a lock.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from model_package.profile import WEIGHTS
from model_package.weights import write_lock
from training_pipeline import card
from training_pipeline.cli import Job, main
from training_pipeline.evaluate import evaluate
from training_pipeline.pretrain import pretrain
from training_pipeline.quantize import quantize
from training_pipeline.train import refine, train
from training_pipeline.train_captioner import train_captioner

LM, CAPTIONER = "quantize", "train_captioner"
WANTED = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "preprocessor_config.json",
    "vocab.txt",
    "quantize_config.json",
)


def climb(job: Job, weights: Path = WEIGHTS) -> dict[str, dict[str, Any]]:
    """Run every verb that is not done, and install the models; each verb's manifest."""
    tunings = (train, refine) if job.recipe.refine else (train,)
    verbs = (pretrain, *tunings, quantize, train_captioner, evaluate)
    manifests = {verb.__name__: verb(job) for verb in verbs}
    folder = weights / job.recipe.name
    install(job.folder(LM), folder / "lm")
    install(job.folder(CAPTIONER), folder / "captioner")
    (folder / "README.md").write_text(card.model_card(job.recipe, manifests), encoding="utf-8")
    write_lock(folder)
    print(f"ladder: installed into {folder}", file=sys.stderr)
    return manifests


def install(source: Path, target: Path) -> None:
    """Copy the files that loading needs, and no others, into `target`."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in WANTED:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)


if __name__ == "__main__":
    sys.exit(main("ladder", climb))
