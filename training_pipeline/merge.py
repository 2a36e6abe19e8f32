"""Verb: what tuning changed is added to the weights it began with, all of it or a share.

    python -m training_pipeline.merge --recipe NAME [--checkpoint STEP]
    python -m training_pipeline.merge --run FOLDER [--checkpoint STEP] [--kept SHARE] \\
        [--base FOLDER]

What comes out is a plain model. The second form reads all that it must know in FOLDER's run.json,
and writes beside FOLDER; --kept and --base are asked for only where they differ from what stands
there. A model that lies between the one before tuning and the one after often
does better than either on texts that tuning did not show (Wortsman et al., 2022).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_preparation.manifest import hash_files
from model_package.errors import UserError
from training_pipeline import cli
from training_pipeline.cli import Job
from training_pipeline.run import Stage, need_manifest, read_manifest, run_stage
from training_pipeline.train import MERGE, VERB, model_files


def merge(job: Job) -> dict[str, Any]:
    """The manifest of the merged model of the job's recipe."""
    base = Path(job.recipe.base) if job.recipe.base else None  # it may have moved since
    return merge_run(job.folder(VERB), job.checkpoint, base, job.recipe.adapter.kept)


def merge_run(
    run: Path, checkpoint: int | None = None, base: Path | None = None, kept: float | None = None
) -> dict[str, Any]:
    """The manifest of the merged model of the training in `run`.

    checkpoint: the step of an earlier adapter. base: where the base model lies, if no longer
    where the training found it. kept: share of what tuning changed, if not the one that the
    training's recipe said.
    """
    manifest, found = need_manifest(run, VERB), read_manifest(run) or {}
    kind = found["settings"].get("adapter", {}).get("kind", "full")
    kept = found["metrics"].get("kept", 1.0) if kept is None else kept
    if kind == "full" and kept == 1:
        raise UserError(
            f"{run} was tuned in full and is kept whole; there is nothing to merge (to keep a "
            "share of what tuning changed: adapter.kept=0.5, or --kept 0.5)"
        )
    if kind == "full" and checkpoint is not None:
        raise UserError(f"{run} was tuned in full: checkpoints are kept of adapters alone")
    tuned = _checkpoint(run, checkpoint)
    base = _base(run, found, base)
    name = MERGE if checkpoint is None else f"{MERGE}-{checkpoint}"
    made = {"kind": kind, "checkpoint": checkpoint, "kept": kept}
    stage = Stage(MERGE, made, (manifest, *model_files(base)))
    return run_stage(run.parent / name, stage, lambda folder: _work(base, tuned, made, folder))


def _base(run: Path, found: dict[str, Any], moved: Path | None) -> Path:
    """Where the model lies that the training `found` in `run` began with: that one, no other."""
    before = Path(found["settings"]["base"])
    base = moved or before
    if not (base / "config.json").is_file():
        raise UserError(f"the base model {base} of {run} is gone; say where it is: --base FOLDER")
    if not set(hash_files(model_files(base)).values()) <= set(found["inputs"].values()):
        raise UserError(
            f"{base} is not the model that {run} was tuned from, which lay in {before}; name that "
            "one by --base FOLDER (with a recipe: base=FOLDER), or train once more"
        )
    return base


def _checkpoint(run: Path, checkpoint: int | None) -> Path:
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


def _work(base: Path, tuned: Path, made: dict[str, Any], folder: Path) -> dict[str, Any]:
    from transformers import AutoTokenizer  # noqa: PLC0415

    between = _between if made["kind"] == "full" else _with_adapter
    with cli.stdout_to_stderr():
        merged = between(load_full(base, made["kind"]), tuned, made["kept"])
        merged.save_pretrained(folder)
        AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(folder)
    size = sum(weight.numel() for weight in merged.parameters())
    return {"parameters": size, "precision": str(merged.dtype).removeprefix("torch.")}


def _with_adapter(model: Any, adapter: Path, kept: float) -> Any:
    from peft import PeftModel  # noqa: PLC0415
    from peft.helpers import rescale_adapter_scale  # noqa: PLC0415

    model = PeftModel.from_pretrained(model, adapter)
    with rescale_adapter_scale(model, kept):
        return model.merge_and_unload(safe_merge=True)


def _between(model: Any, tuned: Path, kept: float) -> Any:
    import torch  # noqa: PLC0415

    after = dict(load_full(tuned, "full").named_parameters())
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.lerp_(after[name].to(weight), kept)
    return model


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
    parser.add_argument("--kept", type=float, help="share of tuning's changes that is kept")
    flags = parser.parse_args(argv)
    if flags.kept is not None and not 0 < flags.kept <= 1:
        raise UserError(f"--kept cannot be {flags.kept}; it is a share above 0, 1 at most")
    merge_run(flags.run, flags.checkpoint, flags.base, flags.kept)


if __name__ == "__main__":
    sys.exit(main())
