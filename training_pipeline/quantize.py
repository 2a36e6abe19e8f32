"""Verb: GPTQ by GPTQModel, calibrated on this task's own prompts.

    python -m training_pipeline.quantize --recipe NAME
    python -m training_pipeline.quantize --recipe NAME --model FOLDER --output FOLDER \\
        [--records FILE.jsonl]

Prints what the smaller weights cost in AUROC: of the recipe's validation rows, or, for another
model with --records, of those rows, which calibrate it too (their labels are not read for that).
"""

import json
import random
import sys
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model_package.errors import UserError
from model_package.policy import load_policy
from training_pipeline.asks import epoch_asks, make_builder
from training_pipeline.cli import Job, main, stdout_to_stderr
from training_pipeline.rows import input_files, read_rows, with_sources
from training_pipeline.run import BEGUN, Stage, need_manifest, run_stage
from training_pipeline.shapes import Quantize
from training_pipeline.train import model_files, tuned

VERB = "quantize"
COMPARED = 150  # rows a source that the loss of AUROC is read off


def quantize(job: Job) -> dict[str, Any]:
    """The manifest of the quantized model."""
    job, source, output = _places(job)
    settings = job.recipe.settings("quantize", "prompts", "policy", "seed")
    stage = Stage(VERB, settings, (*model_files(source), *input_files(job)))
    manifest = run_stage(output, stage, lambda folder: _work(job, source, folder))
    lost = manifest["metrics"]["auroc_lost"]
    told = "not measured: no rows of both labels are held" if lost is None else f"{lost:+.4f}"
    print(f"AUROC lost by quantizing: {told}")
    return manifest


def _places(job: Job) -> tuple[Job, Path, Path]:
    """The job as it is meant, the model to quantize, and where the new one goes."""
    source, output = job.model, job.output
    if source is None:
        verb = tuned(job)
        return job, need_manifest(job.folder(verb), verb).parent, output or job.folder(VERB)
    if output is None:
        raise UserError("--model wants --output FOLDER, where the quantized model goes")
    if output.resolve() == source.resolve():
        raise UserError(f"--output {output} is the model itself; name another folder")
    _refuse_unfit(source)
    if job.records:
        rows = tuple(map(str, job.records))
        job = replace(job, recipe=replace(job.recipe, mix=(), records=(), held=rows))
    return job, source, output


def _refuse_unfit(source: Path) -> None:
    from training_pipeline.base_model import check_model  # noqa: PLC0415

    quantized = hasattr(check_model(source), "quantization_config")
    if quantized or (source / "quantize_config.json").is_file():
        raise UserError(f"--model {source} is quantized already; give the model it was made from")


def _work(job: Job, source: Path, folder: Path) -> dict[str, Any]:
    from training_pipeline.evaluate import compare  # noqa: PLC0415

    need_gptqmodel()
    prompts = calibration(job, source)
    full = compare(job, source, COMPARED)
    gptq(source, folder, prompts, job.recipe.quantize)
    small = compare(job, folder, COMPARED)
    lost = [full[name] - small[name] for name in full]
    size = sum(path.stat().st_size for path in folder.iterdir() if path.name != BEGUN)
    mean = sum(lost) / len(lost) if lost else None
    return {"auroc": small, "auroc_lost": mean, "bytes": size, "prompts": len(prompts)}


def need_gptqmodel() -> None:
    """A `UserError` where GPTQModel is not installed: it compiles a part, and may be left out."""
    if find_spec("gptqmodel") is None:
        raise UserError(
            "gptqmodel is not installed, for it compiles a part; on Debian: apt-get install g++ "
            "python3-dev, and then once more: make weights"
        )


def calibration(job: Job, source: Path) -> list[dict[str, list[int]]]:
    """Prompts of training rows, a random sample of the mixture, as GPTQModel takes them."""
    from transformers import AutoTokenizer  # noqa: PLC0415

    recipe = job.recipe
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    builder = make_builder(tokenizer, load_policy(recipe.policy), recipe.prompts)
    labelled = read_rows(job).labelled
    records = list(labelled.train or labelled.validation)
    random.Random(recipe.seed).shuffle(records)
    asks = epoch_asks(records, builder, with_sources(recipe, records), 0)
    ids = [list(ask.ids) for ask in islice(asks, recipe.quantize.calibration)]
    if not ids:
        raise UserError("no labelled rows to calibrate on; name some with --records FILE.jsonl")
    return [{"input_ids": one, "attention_mask": [1] * len(one)} for one in ids]


def gptq(
    source: Path, folder: Path, prompts: Sequence[dict[str, list[int]]], settings: Quantize
) -> None:
    """Write the model in `source` to `folder`, its linear layers packed by GPTQ."""
    source, folder = source.resolve(), folder.resolve()
    with stdout_to_stderr(), TemporaryDirectory() as litter, chdir(litter):  # it leaves logs/
        from gptqmodel import GPTQModel, QuantizeConfig  # noqa: PLC0415

        config = QuantizeConfig(
            bits=settings.bits,
            group_size=settings.group,
            desc_act=settings.act_order,
            sym=settings.symmetric,
            # The classic format stores a zero less one, and has no place for zeros of 0.
            format="gptq" if settings.symmetric else "gptq_v2",
            damp_percent=settings.damp,
            offload_to_disk=False,
        )
        model = GPTQModel.load(str(source), config)
        model.quantize(list(prompts), batch_size=settings.batch)
        model.save(str(folder))
    _compact(folder / "tokenizer.json")


def _compact(file: Path) -> None:
    """The same JSON without its indentation, which is half of a tokenizer's bytes."""
    if file.exists():
        whole = json.loads(file.read_text(encoding="utf-8"))
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(VERB, quantize))
