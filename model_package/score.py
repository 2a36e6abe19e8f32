"""Evidence becomes P(yes) of every question under every view; nothing is generated.

One prefill a prompt: the prefix shared by all rows is computed once and its keys and values
are reused, and the output head keeps only the rows of the answer words. On a CPU a prompt is
padded, to a length that comes from its own tokens alone, so that no answer depends on its
neighbours; on a GPU prompts stand one after another (packing.py).
"""

import copy
import math
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from threading import Lock
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, DynamicCache

from model_package import packing
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.gptq import load_causal_lm
from model_package.job import Ask, Job, in_a_row, in_buckets
from model_package.kernel import choose, survey
from model_package.policy import Policy, Question, View
from model_package.profile import LanguageModel
from model_package.prompt import PromptBuilder
from model_package.swift import hasten
from model_package.tensors import measure


class Scorer:
    """Answers a policy's questions with one causal language model.

    batch_tokens: tokens of one forward pass, with padding; a longer prompt goes alone. packs:
    whether prompts may stand one after another, where the model is of a kind that can.
    """

    def __init__(
        self, model: Any, builder: PromptBuilder, batch_tokens: int, packs: bool = False
    ) -> None:
        self.model = model
        self.builder = builder
        self.batch_tokens = batch_tokens
        self.column = _keep_answer_rows(model, builder)
        self.prefixes: dict[Ask, Any] = {}
        self.packs = packs and packing.enable(model)
        self.lock = Lock()  # parts of a batch may be scored side by side

    @torch.inference_mode()
    def score(
        self, evidences: Sequence[Evidence], most_views: int | None = None
    ) -> list[dict[str, float]]:
        """For each evidence, P(yes) keyed `question/view`; empty where nothing can be shown.

        most_views: of each evidence, the first of those that can be shown; all by default.
        """
        answers: list[dict[str, float]] = [{} for _ in evidences]
        # All are under way before any is waited for, so that a GPU seldom waits for Python.
        batches = self._batches(evidences, most_views)
        for batch, probas in [(batch, self._forward(batch)) for batch in batches]:
            for job, proba in zip(batch, probas.tolist(), strict=True):
                key = "/".join(job.ask)
                answers[job.row][key] = larger(proba, answers[job.row].get(key, 0.0))
        return answers

    def _batches(
        self, evidences: Sequence[Evidence], most_views: int | None
    ) -> Iterator[list[Job]]:
        """Ask by ask: the next one's prompts are built while a GPU computes this one's."""
        policy, together = self.builder.policy, in_a_row if self.packs else in_buckets
        asked = [policy.asks(evidence, most_views) for evidence in evidences]
        for question, view in product(policy.questions, policy.views):
            rows = [row for row, asks in enumerate(asked) if (question, view) in asks]
            jobs = (job for row in rows for job in self._jobs(row, question, view, evidences[row]))
            yield from together(jobs, self.batch_tokens)

    def _jobs(self, row: int, question: Question, view: View, evidence: Evidence) -> Iterator[Job]:
        """One; for a text in windows one more for each, and the largest answer counts."""
        for prompt in self.builder.build_all(question, view, evidence):
            yield Job(row, (question.id, view.id), prompt.ids[prompt.prefix :])

    def _forward(self, batch: list[Job]) -> Tensor:
        """P(yes) of each job, on the model's device.  # (batch,)"""
        ask, padded = batch[0].ask, batch[0].padded
        prefix = self._prefix(ask)
        if self.packs:
            rows = packing.last_logits(self.model, [job.ids for job in batch], prefix)
            return self._probabilities(rows.float(), ask)
        start = prefix.get_seq_length()
        ids = _pad(batch, padded).to(self.model.device)  # (batch, padded)
        cache = copy.deepcopy(prefix)
        cache.batch_repeat_interleave(len(batch))
        positions = torch.arange(start, start + padded, device=ids.device)[None]
        logits = self.model(ids, past_key_values=cache, position_ids=positions).logits
        last = torch.tensor([len(job.ids) - 1 for job in batch], device=ids.device)
        rows = logits[torch.arange(len(batch), device=ids.device), last]  # (batch, answer words)
        return self._probabilities(rows.float(), ask)

    def _probabilities(self, rows: Tensor, ask: Ask) -> Tensor:
        words = self.builder.answers[ask]
        margin = rows[:, self.column[words.yes]] - rows[:, self.column[words.no]]
        return torch.sigmoid(margin.double())

    def _prefix(self, ask: Ask) -> Any:
        """Keys and values of the ids that every prompt of `ask` begins with."""
        with self.lock:
            if ask not in self.prefixes:
                ids = torch.tensor([self.builder.parts[ask][0]], device=self.model.device)
                cache = DynamicCache(config=self.model.config)
                self.model(ids, past_key_values=cache)
                self.prefixes[ask] = cache
        return self.prefixes[ask]


def load_scorer(
    folder: Path, settings: LanguageModel, policy: Policy, device: torch.device
) -> Scorer:
    """The scorer that `settings` describe, with weights and tokenizer from `folder`."""
    tokenizer = AutoTokenizer.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False, use_fast=True
    )
    budgets = {"caption": settings.max_caption_tokens, "ocr_text": settings.max_text_tokens}
    builder = PromptBuilder(tokenizer, policy, budgets)
    dtype, kernel = choose_dtype(settings.dtype, device), settings.kernel
    if kernel == "auto":
        kernel = choose(survey(device), measure(folder), dtype.itemsize)
    model = load_causal_lm(folder, kernel, dtype, device)
    scorer = Scorer(model, builder, settings.batch_tokens, packs=device.type == "cuda")
    hasten(model)
    return scorer


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """The float type called `name`; `auto` is half precision where the hardware has it."""
    if name in ("float32", "bfloat16", "float16"):
        return cast(torch.dtype, getattr(torch, name))
    if name != "auto":
        raise UserError(f"dtype {name!r} is unknown; use float32, bfloat16, float16 or auto")
    if device.type != "cuda":
        return torch.float32
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if native else torch.float16


def larger(one: float, other: float) -> float:
    """The larger of both; no number where either is none, which `max` may hide."""
    return math.nan if math.isnan(one + other) else max(one, other)


def _pad(batch: list[Job], padded: int) -> Tensor:
    """Ids padded on the right, where a causal model cannot see them."""
    return torch.tensor([[*job.ids, *[0] * (padded - len(job.ids))] for job in batch])


def _keep_answer_rows(model: Any, builder: PromptBuilder) -> dict[int, int]:
    """Cut the output head down to the answer words; the column of each of their ids."""
    ids = sorted({i for words in builder.answers.values() for i in (words.yes, words.no)})
    head = model.get_output_embeddings()
    if not isinstance(head, nn.Linear):
        return {i: i for i in ids}
    small = nn.Linear(head.in_features, len(ids), bias=head.bias is not None, device="meta")
    small.weight = nn.Parameter(head.weight[ids].detach().clone(), requires_grad=False)
    if head.bias is not None:
        small.bias = nn.Parameter(head.bias[ids].detach().clone(), requires_grad=False)
    model.set_output_embeddings(small)
    return {i: column for column, i in enumerate(ids)}
