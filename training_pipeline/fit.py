"""One optimisation, by transformers' Trainer: cosine schedule, checkpoints, resuming."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training_pipeline.cli import stdout_to_stderr
from training_pipeline.recipe import Fit

CHECKPOINTS = "checkpoints"


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
    from transformers import Trainer  # noqa: PLC0415

    checkpoints = folder / CHECKPOINTS
    with stdout_to_stderr():
        trainer = Trainer(
            model=model,
            args=_arguments(settings, checkpoints, seed),
            train_dataset=lesson.data,
            data_collator=lesson.collate,
            compute_loss_func=lesson.loss,
        )
        result = trainer.train(resume_from_checkpoint=any(checkpoints.glob("checkpoint-*")))
    shutil.rmtree(checkpoints, ignore_errors=True)
    return {
        "loss": round(result.training_loss, 4),
        "steps": result.global_step,
        "curve": [[log["step"], log["loss"]] for log in trainer.state.log_history if "loss" in log],
    }


def _arguments(settings: Fit, folder: Path, seed: int) -> Any:
    from transformers import TrainingArguments  # noqa: PLC0415

    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=1,
        max_steps=settings.steps or -1,
        per_device_train_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup,
        lr_scheduler_type="cosine",
        adam_beta2=0.98,
        max_grad_norm=1.0,
        bf16=settings.half,
        save_steps=500,
        save_total_limit=1,
        logging_steps=50,
        report_to=[],
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
        disable_tqdm=False,
        remove_unused_columns=False,
        train_sampling_strategy="sequential",
        seed=seed,
        dataloader_num_workers=0,
    )
