"""One optimisation, by transformers' Trainer: cosine schedule, checkpoints, resuming."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model_package.errors import UserError
from training_pipeline import processes
from training_pipeline.cli import stdout_to_stderr
from training_pipeline.plot import plot_loss
from training_pipeline.settings import Fit

CHECKPOINTS = "checkpoints"
STATE = "trainer_state.json"  # the last file of a checkpoint: one without it was cut short


@dataclass(frozen=True)
class Lesson:
    """What to learn from: all epochs' examples in a row, in the order of their use.

    collate: examples to a batch, the arguments of the model's `forward`. loss: of the model's
    outputs and the batch's labels; the model's own where None.
    """

    data: Sequence[Any]
    collate: Callable[[Sequence[Any]], Any]
    loss: Callable[..., Any] | None = None


def fit(model: nn.Module, lesson: Lesson, settings: Fit, folder: Path, seed: int) -> dict[str, Any]:
    """Train `model` in place; metrics of the training.

    Checkpoints are kept in `folder` until the end; an interrupted training resumes from the last.
    """
    from transformers import Trainer, TrainingArguments  # noqa: PLC0415

    with stdout_to_stderr():
        trainer = Trainer(
            model=model,
            args=TrainingArguments(**arguments(settings, folder, seed)),
            train_dataset=lesson.data,
            data_collator=lesson.collate,
            compute_loss_func=lesson.loss,
        )
        metrics = run(trainer, folder)
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    return metrics


def run(trainer: Any, folder: Path) -> dict[str, Any]:
    """Train to the end, from the last whole checkpoint in `folder` if there is one; metrics."""
    checkpoints = folder / CHECKPOINTS
    if processes.is_main():
        drop_broken(checkpoints)
    processes.wait()
    result = trainer.train(resume_from_checkpoint=any(checkpoints.glob("checkpoint-*")))
    logs = trainer.state.log_history
    curve = [[log["step"], round(log["loss"], 4)] for log in logs if "loss" in log]
    if processes.is_main():
        plot_loss(curve, folder)
    return {
        "loss": round(result.training_loss, 4),
        "steps": result.global_step,
        "curve": curve,
        "precision": next(
            (name for name in ("bf16", "fp16") if getattr(trainer.args, name)), "fp32"
        ),
    }


def drop_broken(checkpoints: Path) -> None:
    """Remove the checkpoints that a killed run left unfinished."""
    for path in checkpoints.glob("checkpoint-*"):
        if not (path / STATE).is_file():
            shutil.rmtree(path)


def half_precision() -> torch.dtype | None:
    """The half precision that this hardware computes in; None where it has none."""
    if torch.cuda.is_available():
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if native else torch.float16  # a V100 has only the latter
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else None


def arguments(settings: Fit, folder: Path, seed: int) -> dict[str, Any]:
    """The arguments of transformers' trainers."""
    from transformers.training_args import OptimizerNames  # noqa: PLC0415

    refuse_many_gpus()
    known = sorted(one.value for one in OptimizerNames)
    if settings.optimizer not in known:
        raise UserError(f"optimizer {settings.optimizer!r} is unknown; use {', '.join(known)}")
    half = half_precision() if settings.half else None
    cuda = torch.cuda.is_available()
    return {
        "output_dir": str(folder / CHECKPOINTS),
        "num_train_epochs": 1,
        "max_steps": settings.steps or -1,
        "per_device_train_batch_size": settings.batch,
        "gradient_accumulation_steps": settings.accumulate,
        "gradient_checkpointing": settings.gradient_checkpointing,
        "optim": settings.optimizer,
        "learning_rate": settings.learning_rate,
        "weight_decay": settings.weight_decay,
        "warmup_steps": settings.warmup,
        "lr_scheduler_type": "cosine",
        "adam_beta2": settings.beta2,
        "max_grad_norm": 1.0,
        "bf16": half is torch.bfloat16,
        "fp16": half is torch.float16,
        "save_steps": settings.checkpoint,
        "save_total_limit": settings.keep,
        "logging_steps": 0.025,  # of all steps: a curve of forty points
        "report_to": [],
        "use_cpu": not cuda,
        "dataloader_pin_memory": cuda,
        "disable_tqdm": not processes.is_main(),
        "remove_unused_columns": False,
        "train_sampling_strategy": "sequential",
        "seed": seed,
        "dataloader_num_workers": 0,
    }


def refuse_many_gpus() -> None:
    """One process drives one GPU; several GPUs want several processes."""
    if torch.cuda.device_count() > 1 and processes.count() == 1:
        raise UserError(
            f"{torch.cuda.device_count()} GPUs are visible to one process; start one for each by "
            "`accelerate launch -m training_pipeline.train ...`, or set CUDA_VISIBLE_DEVICES=0"
        )
