"""Verb: what linear models make of rows that they were not fitted on, for the LM to learn from.

A row's label is one annotator's word; what models of the other rows think of it says how sure
that word is (distillation, Hinton et al., 2015). Every corpus is cut into folds that keep groups
together, and each fold is judged by two logistic regressions of the other folds: TF-IDF of
characters and words, the line to beat, and TF-IDF of the LM's own tokens and their pairs. Files
of records beside the corpora have no teacher: their labels are right by construction.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_preparation.corpora import read_corpora
from data_preparation.record import Record
from model_package.errors import UserError
from model_package.hardware import cpu_count
from training_pipeline import baseline
from training_pipeline.cli import Job, main
from training_pipeline.recipe import need
from training_pipeline.rows import need_both_classes
from training_pipeline.run import Stage, need_manifest, run_stage

VERB, PRETRAIN = "teacher", "pretrain"
FILE = "probabilities.json"


def teacher(job: Job) -> dict[str, Any]:
    """The manifest of the teacher's probabilities."""
    if job.recipe.base:
        raise UserError(
            "[teacher] reads by the tokens of the model that `pretrain` makes, and this recipe "
            "begins with a base; leave [teacher] out, or `base`"
        )
    before = need_manifest(job.folder(PRETRAIN), PRETRAIN)
    settings = job.recipe.settings("mix", "seed") | {"folds": need(job.recipe.teacher, VERB).folds}
    stage = Stage(VERB, settings, (before, *job.corpus_files()))
    return run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder))


def read_probabilities(job: Job) -> dict[str, float]:
    """The teacher's P(harmful) by the id of each training row; nothing if the recipe has none."""
    if not job.recipe.teacher:
        return {}
    folder = need_manifest(job.folder(VERB), VERB).parent
    return dict(json.loads((folder / FILE).read_text(encoding="utf-8")))


def teacher_files(job: Job) -> tuple[Path, ...]:
    """What stands for the teacher in the manifest of a stage that learns from it."""
    return (need_manifest(job.folder(VERB), VERB),) if job.recipe.teacher else ()


def _work(job: Job, folder: Path) -> dict[str, Any]:
    from joblib import Parallel, delayed  # type: ignore[import-untyped] # noqa: PLC0415
    from tqdm import tqdm  # noqa: PLC0415
    from transformers import AutoTokenizer  # noqa: PLC0415

    tokenizer = AutoTokenizer.from_pretrained(job.folder(PRETRAIN), local_files_only=True)
    records = read_corpora(job.recipe.corpora(), job.corpora).train
    need_both_classes(records)
    parts = list(folds(records, need(job.recipe.teacher, VERB).folds, job.recipe.seed))
    tasks = (
        delayed(judge)(*(_views(side, tokenizer) for side in part), [r.label for r in part[0]])
        for part in parts
    )
    found = Parallel(n_jobs=cpu_count(), return_as="generator")(tasks)
    probas: dict[str, float] = {}
    for (_, held), values in zip(parts, tqdm(found, desc=VERB, total=len(parts)), strict=True):
        probas |= {one.id: round(float(p), 4) for one, p in zip(held, values, strict=True)}
    (folder / FILE).write_text(json.dumps(probas), encoding="utf-8")
    return {"rows": len(probas), "auroc": _measure(records, probas)}


def folds(
    records: Iterable[Record], number: int, seed: int
) -> Iterable[tuple[list[Record], list[Record]]]:
    """Of each source, `number` pairs of the rows to fit on and the rows to judge."""
    by_source: dict[str, list[Record]] = {}
    for record in records:
        by_source.setdefault(record.source or "", []).append(record)
    for rows in by_source.values():
        groups = sorted({one.group or one.id for one in rows})
        random.Random(seed).shuffle(groups)
        place = {group: at % number for at, group in enumerate(groups)}
        for fold in range(number):
            held = [one for one in rows if place[one.group or one.id] == fold]
            yield [one for one in rows if place[one.group or one.id] != fold], held


def judge(
    known: tuple[Sequence[str], Sequence[str]],
    asked: tuple[Sequence[str], Sequence[str]],
    labels: Sequence[int],
) -> NDArray[np.float64]:
    """P(harmful) of each of `asked`, the mean of both models' logits, fitted on `known`."""
    margins = [
        model.fit(texts, labels).decision_function(others)
        for model, texts, others in zip(
            (baseline.model(), token_model()), known, asked, strict=True
        )
    ]
    return np.asarray(1 / (1 + np.exp(-np.mean(margins, axis=0))))


def token_model() -> Any:
    """Logistic regression on TF-IDF of tokens and their pairs, written as numbers."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    pairs = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\d+", sublinear_tf=True)
    return make_pipeline(pairs, LogisticRegression(C=4, max_iter=300))


def _views(records: Sequence[Record], tokenizer: Any) -> tuple[list[str], list[str]]:
    texts = [baseline.text(one) for one in records]
    return texts, [" ".join(map(str, ids)) for ids in tokenizer(texts)["input_ids"]]


def _measure(records: Iterable[Record], probas: dict[str, float]) -> dict[str, float]:
    from local_test.metrics import auroc  # noqa: PLC0415

    pairs: dict[str, list[tuple[int, float]]] = {}
    for one in records:
        pairs.setdefault(one.source or "", []).append((one.label or 0, probas[one.id]))
    return {name: round(auroc(*zip(*rows, strict=True)), 4) for name, rows in pairs.items()}


if __name__ == "__main__":
    sys.exit(main(VERB, teacher))
