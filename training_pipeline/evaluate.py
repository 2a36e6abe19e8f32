"""Verb: how good a model is, each measure with its interval, whole and in slices.

    python -m training_pipeline.evaluate --profile NAME --records FILE.jsonl --output DIR
    python -m training_pipeline.evaluate --recipe NAME

The first scores records as the runtime would (evaluate_records.py). The second is the ladder's:
the recipe's tuned and quantized models on its validation rows, beside TF-IDF on the same rows:
one model a source, which is told the source as the LM is not, and one for all rows. It leaves
what the first leaves of the quantized model, too, without a profile's temperature and threshold.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_preparation.record import Record
from local_test.bootstrap import DRAWS
from local_test.metrics import MEASURES, auroc
from local_test.slices import sliced
from model_package.policy import load_policy
from training_pipeline import baseline, cli, evaluate_records, evaluation
from training_pipeline.cli import Job
from training_pipeline.held import Metrics, answered, by_source, columns, held_rows, score
from training_pipeline.rows import input_files, read_rows
from training_pipeline.run import Stage, need_manifest, run_stage
from training_pipeline.train import tuned

VERB = "evaluate"
QUANTIZED = "quantize"
BASELINES = ("tfidf", "tfidf_one")


def evaluate(job: Job) -> dict[str, Any]:
    """The manifest with the metrics of the tuned and quantized models and of the baseline."""
    recipe = job.recipe
    if job.model:
        return _one(job, job.model)
    inputs = tuple(need_manifest(job.folder(verb), verb) for verb in (tuned(job), QUANTIZED))
    settings = {**recipe.settings("prompts", "policy", "evaluate_rows"), "measures": MEASURES}
    settings |= {"baselines": BASELINES}
    stage = Stage(VERB, settings, inputs + input_files(job))
    return run_stage(job.folder(VERB), stage, lambda folder: _work(job, folder))


def _one(job: Job, folder: Path) -> Metrics:
    from training_pipeline.base_model import check_model  # noqa: PLC0415

    check_model(folder)
    held = held_rows(job, job.recipe.evaluate_rows)
    metrics = by_source(held, score(job, folder, held), _threshold(job))
    print(json.dumps(metrics, indent=2))
    return metrics


def _work(job: Job, into: Path) -> dict[str, Any]:
    held = held_rows(job, job.recipe.evaluate_rows)
    folders = {"full": job.folder(tuned(job)), "quantized": job.folder(QUANTIZED)}
    probas = {name: score(job, folder, held) for name, folder in folders.items()}
    train = read_rows(job).labelled.train
    told = baseline.score(train, held), baseline.score_as_one(train, held)
    probas |= zip(BASELINES, told, strict=True)
    threshold = _threshold(job)
    metrics: dict[str, Any] = {
        name: by_source(held, one, threshold) for name, one in probas.items()
    }
    _tell(metrics)
    languages = [[record.language or "unknown"] for record in held]
    metrics["language"] = {
        name: sliced(columns(held, one, threshold), languages) for name, one in probas.items()
    }
    _leave(job, into, held, probas["quantized"])
    return metrics


def _leave(job: Job, into: Path, held: Sequence[Record], probas: Sequence[float]) -> None:
    """What an evaluation of records leaves, of the held rows and the quantized model."""
    recipe, threshold = job.recipe, _threshold(job)
    answers = answered(held, probas, threshold)
    facts = {
        "recipe": recipe.name,
        "policy": recipe.policy,
        "input": "captions and texts",
        "threshold": threshold,
        "temperature": 1.0,
        "fallbacks": 0,
        "draws": DRAWS,
    }
    metrics = {**facts, **evaluation.measures(answers, held)}
    evaluation.write(into, f"{recipe.name}, quantized, on its held rows", metrics, answers, held)


def _tell(metrics: Mapping[str, Metrics]) -> None:
    for name, sources in metrics.items():
        for source, one in sources.items():
            value = f"{one['auroc']['value']:.3f}" if one["auroc"] else one["note"]
            print(f"{name:9} {source:18} AUROC {value}", file=sys.stderr)


def _threshold(job: Job) -> float:
    return load_policy(job.recipe.policy).threshold


def compare(job: Job, folder: Path, rows: int) -> dict[str, float]:
    """AUROC of each source on at most `rows` of its held rows: quick, for one decision.

    Sources whose rows are all of one class are left out.
    """
    held = held_rows(job, rows)
    parts: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for record, proba in zip(held, score(job, folder, held), strict=True):
        labels, probas = parts[record.source or "unknown"]
        labels.append(record.label or 0)
        probas.append(proba)
    return {source: auroc(*part) for source, part in parts.items() if len(set(part[0])) == 2}


def main(argv: Sequence[str] | None = None) -> int:
    """The command, of a recipe or of records; the process's exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if any(one.split("=")[0] == "--recipe" for one in given):
        return int(cli.main(VERB, evaluate, given))
    return evaluate_records.main(given)


if __name__ == "__main__":
    sys.exit(main())
