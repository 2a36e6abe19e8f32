"""What an evaluation of records leaves behind: measures, tables, plots, answers, a manifest.

Knows nothing of how the rows were answered.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_preparation.manifest import hash_inputs, versions, write_manifest
from data_preparation.place import write_whole
from data_preparation.record import Record
from local_test.slices import sliced, summary
from model_package.profile import FOLDER, load_profile
from model_package.toml_file import find_toml
from model_package.weights import LOCK, weights_folder
from training_pipeline import curves
from training_pipeline.answers import Answer, columns, write_answers
from training_pipeline.metrics_page import page
from training_pipeline.records import kinds
from training_pipeline.run import LIBRARIES


def measures(answers: Sequence[Answer], records: Sequence[Record]) -> dict[str, Any]:
    """All rows' summary; `slices` by kind and name; and of harmless mentions of an identity, the
    rows and how many were called harmful: all, by language and by kind of people."""
    rows, found = columns(answers), kinds(records)
    slices = {kind: sliced(rows, names) for kind, names in found.slices.items()}
    numbers = [number for number, one in enumerate(found.harmless) if one]
    groups = [("all", *found.slices["language"][n], *found.slices["target"][n]) for n in numbers]
    mentions = sliced(rows.take(numbers), groups)
    kept = {
        name: {key: one[key] for key in ("rows", "groups", "false_positive_rate")}
        for name, one in mentions.items()
    }
    return {**summary(rows), "slices": slices, "harmless_mentions": kept}


def write(
    folder: Path,
    title: str,
    metrics: dict[str, Any],
    answers: Sequence[Answer],
    records: Sequence[Record],
) -> None:
    """predictions.jsonl, metrics.json, metrics.md and the plots, into `folder`.

    title: of the plots. metrics: `measures` of the answers, and what `metrics_page` tells besides.
    """
    write_answers(folder, answers)
    text = json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(folder / "metrics.json", text + "\n")
    write_whole(folder / "metrics.md", page(metrics))
    rows, languages = columns(answers), kinds(records).slices["language"]
    chosen = curves.choose((rows, metrics), rows, languages, metrics["slices"]["language"])
    curves.draw(folder, f"{title}, {metrics['rows']} rows", chosen)


def finish(flags: argparse.Namespace, metrics: dict[str, Any], seconds: float) -> None:
    """run.json, with which the folder is finished."""
    profile = load_profile(flags.profile)
    lock = weights_folder(profile, flags.weights) / LOCK
    inputs = (flags.records, find_toml(flags.profile, FOLDER, "profile"), lock)
    settings = {name: value for name, value in vars(flags).items() if name != "output"}
    manifest = {
        "verb": "evaluate",
        "settings": {n: str(v) if isinstance(v, Path) else v for n, v in settings.items()},
        "inputs": hash_inputs(inputs),
        "metrics": {name: value for name, value in metrics.items() if name != "slices"},
        "seconds": round(seconds, 1),
        "versions": versions(LIBRARIES),
    }
    write_manifest(flags.output, manifest)
