"""Verb: an adapter is added to the weights it was trained on; what comes out is a plain model.

    python -m training_pipeline.merge --recipe NAME [--checkpoint STEP]
    python -m training_pipeline.merge --run FOLDER [--checkpoint STEP] [--base FOLDER]

All that it must know stands in the training's run.json. The second form writes beside FOLDER.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_package.errors import UserError
from training_pipeline import cli
from training_pipeline.cli import Job
from training_pipeline.run import Stage, need_manifest, read_manifest, run_stage
from training_pipeline.train import MERGE, VERB, model_files


def merge(job: Job) -> dict[str, Any]:
    """The manifest of the merged model of the job's recipe."""
    base = Path(job.recipe.base) if job.recipe.base else None  # it may have moved since
    return merge_run(job.folder(VERB), job.checkpoint, base)


def merge_run(run: Path, checkpoint: int | None = None, base: Path | None = None) -> dict[str, Any]:
    """The manifest of the merged model of the training in `run`.

    checkpoint: the step of an earlier adapter. base: where the base model lies, if no longer
    where the training found it.
    """
    manifest = need_manifest(run, VERB)
    settings = (read_manifest(run) or {})["settings"]
    kind = settings.get("adapter", {}).get("kind", "full")
    if kind == "full":
        raise UserError(f"{run} was tuned in full and has no adapter; there is nothing to merge")
    adapter = _adapter(run, checkpoint)
    base = base or Path(settings["base"])
    if not (base / "config.json").is_file():
        raise UserError(f"the base model {base} of {run} is gone; say where it is: --base FOLDER")
    name = MERGE if checkpoint is None else f"{MERGE}-{checkpoint}"
    made = {"kind": kind, "checkpoint": checkpoint}
    stage = Stage(MERGE, made, (manifest, *model_files(base)))
    return run_stage(run.parent / name, stage, lambda folder: _work(base, adapter, kind, folder))


def _adapter(run: Path, checkpoint: int | None) -> Path:
    if checkpoint is None:
        return run
    folder = run / "checkpoints" / f"checkpoint-{checkpoint}"
    if not (folder / "adapter_config.json").is_file():
        kept = sorted(int(one.name.split("-")[1]) for one in folder.parent.glob("checkpoint-*"))
        raise UserError(
            f"{run} keeps no checkpoint {checkpoint}; it keeps "
            f"{', '.join(map(str, kept)) or 'none'} (the recipe's train.keep says how many)"
        )
    return folder


def _work(base: Path, adapter: Path, kind: str, folder: Path) -> dict[str, Any]:
    from peft import PeftModel  # noqa: PLC0415
    from transformers import AutoTokenizer  # noqa: PLC0415

    with cli.stdout_to_stderr():
        model = PeftModel.from_pretrained(load_full(base, kind), adapter)
        merged = model.merge_and_unload(safe_merge=True)
        merged.save_pretrained(folder)
        AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(folder)
    size = sum(weight.numel() for weight in merged.parameters())
    return {"parameters": size, "precision": str(merged.dtype).removeprefix("torch.")}


def load_full(base: Path, kind: str) -> Any:
    """The base model in its own precision; in half precision at most for QLoRA."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM  # noqa: PLC0415

    from model_package.gptq import check_tensors  # noqa: PLC0415

    model, loaded = AutoModelForCausalLM.from_pretrained(
        base,
        dtype="auto",
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
    )
    check_tensors(base, loaded)
    return model.half() if kind == "qlora" and model.dtype == torch.float32 else model


def main(argv: Sequence[str] | None = None) -> int:
    """The command, of a recipe or of a run; the process's exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if any(one.split("=")[0] == "--recipe" for one in given):
        return cli.main(MERGE, merge, given)
    return cli.command(MERGE, lambda: _of_run(given))


def _of_run(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training_pipeline.merge",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of a finished training")
    parser.add_argument("--base", type=Path, help="the base model, where it has moved")
    parser.add_argument("--checkpoint", type=int, metavar="STEP", help="the adapter at this step")
    flags = parser.parse_args(argv)
    merge_run(flags.run, flags.checkpoint, flags.base)


if __name__ == "__main__":
    sys.exit(main())
