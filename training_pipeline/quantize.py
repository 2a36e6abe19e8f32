"""Verb: GPTQ by GPTQModel, calibrated on this task's own prompts.

Prints what the smaller weights cost in AUROC on the validation rows.
"""

import random
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data_preparation.corpora import read_corpora
from model_package.policy import load_policy
from training_pipeline.asks import epoch_asks, make_builder
from training_pipeline.cli import Job, main, stdout_to_stderr
from training_pipeline.evaluate import compare
from training_pipeline.recipe import Quantize
from training_pipeline.run import Stage, need_manifest, run_stage
from training_pipeline.train import tuned

VERB = "quantize"


def quantize(job: Job) -> dict[str, Any]:
    """The manifest of the quantized model."""
    recipe = job.recipe
    before = need_manifest(job.folder(tuned(job)), tuned(job))
    settings = recipe.settings("quantize", "prompts", "policy", "seed")
    stage = Stage(VERB, settings, (before, *job.corpus_files()))
    manifest = run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder))
    print(f"AUROC lost by quantizing: {manifest['metrics']['auroc_lost']:+.4f}")
    return manifest


def _work(job: Job, folder: Path) -> dict[str, Any]:
    source = job.folder(tuned(job))
    gptq(source, folder, calibration(job, source), job.recipe.quantize)
    full, small = (compare(job, model, rows=150) for model in (source, folder))
    lost = {name: full[name] - small[name] for name in full}
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {"auroc": small, "auroc_lost": sum(lost.values()) / len(lost), "bytes": size}


def calibration(job: Job, source: Path) -> list[dict[str, list[int]]]:
    """Prompts of training rows, a random sample of the mixture, as GPTQModel takes them."""
    from transformers import AutoTokenizer  # noqa: PLC0415

    recipe = job.recipe
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    builder = make_builder(tokenizer, load_policy(recipe.policy), recipe.prompts)
    records = list(read_corpora(recipe.corpora(), job.corpora).train)
    random.Random(recipe.seed).shuffle(records)
    rows = records[: recipe.quantize.calibration]
    asks = epoch_asks(rows, builder, recipe, 0)
    ids = [list(ask.ids) for ask in asks][: recipe.quantize.calibration]
    return [{"input_ids": one, "attention_mask": [1] * len(one)} for one in ids]


def gptq(
    source: Path, folder: Path, prompts: Sequence[dict[str, list[int]]], settings: Quantize
) -> None:
    """Write the model in `source` to `folder`, its linear layers in GPTQ's classic format."""
    source, folder = source.resolve(), folder.resolve()
    with stdout_to_stderr(), TemporaryDirectory() as litter, chdir(litter):  # it leaves logs/
        from gptqmodel import GPTQModel, QuantizeConfig  # noqa: PLC0415

        config = QuantizeConfig(
            bits=settings.bits,
            group_size=settings.group,
            desc_act=settings.act_order,
            sym=settings.symmetric,
            damp_percent=settings.damp,
            offload_to_disk=False,
        )
        model = GPTQModel.load(str(source), config)
        model.quantize(list(prompts), batch_size=settings.batch)
        model.save(str(folder))


if __name__ == "__main__":
    sys.exit(main(VERB, quantize))
