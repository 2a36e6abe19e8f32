"""Supervised tuning by TRL's SFTTrainer: all weights, or PEFT's adapters on frozen ones.

Every example is a batch's share of packs or chats (see talks.py); the loss is on the answers'
tokens alone, whatever the example is. Knows nothing of corpora or policies.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy
from trl import SFTConfig, SFTTrainer

from model_package.errors import UserError
from training_pipeline.cli import stdout_to_stderr
from training_pipeline.fit import CHECKPOINTS, Lesson, arguments, run
from training_pipeline.recipe import Recipe
from training_pipeline.run import clear
from training_pipeline.settings import Adapter

ADAPTER_FILES = ("adapter_model.safetensors", "adapter_config.json")


class AnswerTrainer(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer with the loss on the answers' tokens, whose logits are the only ones made."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Cross entropy, summed over the answers and divided by all answers of the step."""
        answers = inputs.pop("shift_labels")
        inputs.pop("labels")
        rivals, doubts = inputs.pop("rivals"), inputs.pop("doubts")
        outputs = model(**inputs, use_cache=False)
        total = answer_loss(outputs.logits, answers, rivals, doubts)
        loss = total / (len(answers) if num_items_in_batch is None else num_items_in_batch)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes  # which the gradients are averaged over
        return (loss, outputs) if return_outputs else loss


def answer_loss(logits: Tensor, answers: Tensor, rivals: Tensor, doubts: Tensor) -> Tensor:
    """Sum of the cross entropy of the answers' tokens, or of their rivals' by the doubt.

    logits: (answers, vocabulary); the others: (answers).
    """
    right = cross_entropy(logits.float(), answers, reduction="none")
    wrong = cross_entropy(logits.float(), rivals, reduction="none")
    return ((1 - doubts) * right + doubts * wrong).sum()


def tune_model(
    model: Any, tokenizer: Any, lesson: Lesson, recipe: Recipe, folder: Path
) -> tuple[Any, dict[str, Any]]:
    """The tuned model, with its adapter if it has one, and metrics of the training.

    Checkpoints lie in `folder`; an interrupted tuning resumes from the last. At the end those of
    an adapter are kept, less the state of the optimiser, so that an earlier one can be merged.
    """
    with stdout_to_stderr():
        trainer = _trainer(model, tokenizer, lesson, recipe, folder)
        metrics = run(trainer, folder)
    if trainer.is_world_process_zero():
        _tidy(folder / CHECKPOINTS, recipe.adapter)
    weights = sum(one.numel() for one in trainer.model.parameters() if one.requires_grad)
    return trainer.model, {**metrics, "trained_parameters": weights}


def _tidy(checkpoints: Path, adapter: Adapter) -> None:
    if adapter.kind == "full":
        shutil.rmtree(checkpoints, ignore_errors=True)
        return
    clear(checkpoints, (path.name for path in checkpoints.glob("checkpoint-*")))
    for checkpoint in checkpoints.iterdir():
        clear(checkpoint, ADAPTER_FILES)


def _trainer(
    model: Any, tokenizer: Any, lesson: Lesson, recipe: Recipe, folder: Path
) -> AnswerTrainer:
    from datasets import Dataset  # noqa: PLC0415

    def collate(rows: Sequence[dict[str, int]]) -> dict[str, Tensor]:
        batch = lesson.collate([lesson.data[row["place"]] for row in rows])
        # Says that no first label is to be left out where a step's answers are counted.
        return {**batch, "shift_labels": batch["labels"]}

    # TRL wants a table; ours holds the examples' places, and the examples stay what they are.
    table = Dataset.from_dict({"place": range(len(lesson.data))})
    trainer = AnswerTrainer(
        model=model,
        args=SFTConfig(
            **arguments(recipe.train, folder, recipe.seed),
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=table,
        data_collator=collate,
        processing_class=tokenizer,
        peft_config=_peft(recipe.adapter, model),
    )
    for weight in trainer.model.parameters():
        if weight.requires_grad:  # TRL leaves QLoRA's in bfloat16, which not every GPU has
            weight.data = weight.data.float()
    return trainer


def _peft(adapter: Adapter, model: Any) -> Any:
    if adapter.kind == "full":
        return None
    from peft import LoraConfig  # noqa: PLC0415

    layers = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    strange = sorted(set(adapter.targets) - layers)
    if strange:
        raise UserError(f"adapter.targets: the model has no layer called {strange[0]!r}")
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=adapter.r,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules=list(adapter.targets) or "all-linear",
    )
