"""The rows that a recipe judges by, and what a model of it makes of them.

Knows nothing of how results are shown.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from data_preparation.record import Record
from local_test.slices import Columns, sliced
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.profile import LanguageModel
from training_pipeline import answers
from training_pipeline.cli import Job
from training_pipeline.rows import read_rows

Metrics = dict[str, dict[str, Any]]  # of each slice


def held_rows(job: Job, rows: int) -> list[Record]:
    """The rows that the recipe judges by: validation rows of its corpora, and its held files; at
    most `rows` of each source, 0 for all."""
    return sample(read_rows(job).labelled.validation, rows)


def score(job: Job, folder: Path, records: Sequence[Record]) -> list[float]:
    """The policy's probability for each record, by the model in `folder`, on the GPU if any."""
    from model_package.loading import choose_device  # noqa: PLC0415
    from model_package.score import load_scorer  # noqa: PLC0415

    prompts = job.recipe.prompts
    settings = LanguageModel(
        max_text_tokens=prompts.max_text_tokens,
        max_caption_tokens=prompts.max_caption_tokens,
    )
    policy = load_policy(job.recipe.policy)
    scorer = load_scorer(folder, settings, policy, choose_device("auto"))
    evidences = [Evidence(one.caption or "", one.text or "") for one in records]
    return [policy.decide(views) for views in scorer.score(evidences)]


def by_source(
    records: Sequence[Record], probas: Sequence[float], threshold: float = 0.5
) -> Metrics:
    """Rows and measures of each source, with intervals."""
    sources = [[record.source or "unknown"] for record in records]
    return sliced(columns(records, probas, threshold), sources)


def columns(records: Sequence[Record], probas: Sequence[float], threshold: float) -> Columns:
    """What the measures are made of."""
    return answers.columns(answered(records, probas, threshold))


def answered(
    records: Sequence[Record], probas: Sequence[float], threshold: float
) -> list[answers.Answer]:
    """The records with their probabilities, as rows would print them."""
    pairs = zip(records, probas, strict=True)
    return [_answer(record, round(proba, 4), threshold) for record, proba in pairs]


def _answer(record: Record, proba: float, threshold: float) -> answers.Answer:
    place = (record.language or "", record.source or "", record.group or "")
    verdict = int(proba > threshold)
    return answers.Answer(record.id, record.label or 0, proba, verdict, *place)


def _lot(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def sample(records: Iterable[Record], rows: int) -> list[Record]:
    """At most `rows` records of each source, the same at each run; 0 for all.

    By the hashes of their ids: in the order of groups, few kinds of rows would be in a sample.
    """
    parts: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: _lot(one.id)):
        parts[record.source or ""].append(record)
    return [record for part in parts.values() for record in part[: rows or None]]
