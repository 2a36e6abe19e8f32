"""Verb: AUROC and accuracy on each corpus's validation rows, beside TF-IDF on the same rows.

A folder is scored by the runtime's own scorer, whole policy and all, as it is shipped.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from data_preparation.corpora import read_corpora
from data_preparation.record import Record
from local_test.metrics import accuracy, auroc, bootstrap
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.policy import load_policy
from model_package.profile import LanguageModel
from model_package.score import load_scorer
from training_pipeline import baseline
from training_pipeline.cli import Job, main
from training_pipeline.run import Stage, need_manifest, run_stage
from training_pipeline.train import tuned

VERB = "evaluate"
QUANTIZED = "quantize"


def evaluate(job: Job) -> dict[str, Any]:
    """The manifest with the metrics of the tuned and quantized models and of the baseline."""
    recipe = job.recipe
    if job.model:
        return _one(job, job.model)
    inputs = tuple(need_manifest(job.folder(verb), verb) for verb in (tuned(job), QUANTIZED))
    settings = recipe.settings("prompts", "policy", "evaluate_rows")
    stage = Stage(VERB, settings, inputs + job.corpus_files())
    return run_stage(job.folder(VERB), stage, lambda _: _work(job))


def _one(job: Job, folder: Path) -> dict[str, Any]:
    if not (folder / "config.json").is_file():
        raise UserError(f"--model {folder}: no model is there (it has no config.json)")
    held = sample(
        read_corpora(job.recipe.corpora(), job.corpora).validation, job.recipe.evaluate_rows
    )
    metrics = by_source(held, score(job, folder, held))
    print(json.dumps(metrics, indent=2))
    return metrics


def _work(job: Job) -> dict[str, Any]:
    split = read_corpora(job.recipe.corpora(), job.corpora)
    held = sample(split.validation, job.recipe.evaluate_rows)
    folders = {"full": job.folder(tuned(job)), "quantized": job.folder(QUANTIZED)}
    metrics = {name: by_source(held, score(job, folders[name], held)) for name in folders}
    metrics["tfidf"] = by_source(held, baseline.score(split.train, held))
    for name, scores in metrics.items():
        for source, one in scores.items():
            print(f"{name:9} {source:18} AUROC {one['auroc']['value']:.3f}", file=sys.stderr)
    return metrics


def score(job: Job, folder: Path, records: Sequence[Record]) -> list[float]:
    """The policy's probability for each record, by the model in `folder`, on the CPU."""
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


def by_source(records: Sequence[Record], probas: Sequence[float]) -> dict[str, Any]:
    """Rows, AUROC and accuracy of each corpus, with intervals."""
    parts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for record, proba in zip(records, probas, strict=True):
        parts[record.source or ""].append((record.label or 0, proba))
    return {source: _measure(pairs) for source, pairs in parts.items()}


def _measure(pairs: Sequence[tuple[int, float]]) -> dict[str, Any]:
    labels, probas = [label for label, _ in pairs], [proba for _, proba in pairs]
    measures = {"auroc": auroc, "accuracy": accuracy}
    scores = {name: asdict(bootstrap(one, labels, probas)) for name, one in measures.items()}
    return {"rows": len(pairs), **scores}


def compare(job: Job, folder: Path, rows: int) -> dict[str, float]:
    """AUROC of each corpus on at most `rows` validation rows of it: quick, for one decision."""
    held = sample(read_corpora(job.recipe.corpora(), job.corpora).validation, rows)
    scores = by_source(held, score(job, folder, held))
    return {source: one["auroc"]["value"] for source, one in scores.items()}


def sample(records: Iterable[Record], rows: int) -> list[Record]:
    """At most `rows` records of each corpus, by the order of their groups; 0 for all."""
    parts: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (one.group or "", one.id)):
        parts[record.source or ""].append(record)
    return [record for part in parts.values() for record in part[: rows or None]]


if __name__ == "__main__":
    sys.exit(main(VERB, evaluate))
