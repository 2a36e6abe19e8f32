"""The rows that a recipe judges by, and what a model of it makes of them.

Knows nothing of how results are shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from data_preparation.corpora import read_corpora
from data_preparation.record import Record, read_records
from local_test.slices import Columns, sliced
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.profile import LanguageModel
from training_pipeline.cli import Job

Metrics = dict[str, dict[str, Any]]  # of each slice


def held_rows(job: Job, rows: int) -> list[Record]:
    """The labelled rows that the recipe judges by: validation rows of its corpora, and of its
    files of records; at most `rows` of each source, 0 for all."""
    files = (record for name in job.recipe.held for record in read_records(Path(name)))
    corpora = read_corpora(job.recipe.corpora(), job.corpora).validation
    return sample([one for one in (*corpora, *files) if one.label is not None], rows)


def score(job: Job, folder: Path, records: Sequence[Record]) -> list[float]:
    """The policy's probability for each record, by the model in `folder`, on the CPU."""
    import torch  # noqa: PLC0415

    from model_package.score import load_scorer  # noqa: PLC0415

    prompts = job.recipe.prompts
    settings = LanguageModel(
        dtype="float32",
        max_text_tokens=prompts.max_text_tokens,
        max_caption_tokens=prompts.max_caption_tokens,
    )
    policy = load_policy(job.recipe.policy)
    scorer = load_scorer(folder, settings, policy, torch.device("cpu"))
    evidences = [Evidence(one.caption or "", one.text or "") for one in records]
    return [policy.decide(answers) for answers in scorer.score(evidences)]


def by_source(
    records: Sequence[Record], probas: Sequence[float], threshold: float = 0.5
) -> Metrics:
    """Rows and measures of each source, with intervals."""
    sources = [[record.source or "unknown"] for record in records]
    return sliced(columns(records, probas, threshold), sources)


def columns(records: Sequence[Record], probas: Sequence[float], threshold: float) -> Columns:
    printed = [round(proba, 4) for proba in probas]
    labels = [record.label or 0 for record in records]
    return Columns(labels, printed, [int(proba > threshold) for proba in printed])


def sample(records: Iterable[Record], rows: int) -> list[Record]:
    """At most `rows` records of each source, by the order of their groups; 0 for all."""
    parts: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (one.group or "", one.id)):
        parts[record.source or ""].append(record)
    return [record for part in parts.values() for record in part[: rows or None]]
