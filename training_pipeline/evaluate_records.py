"""Evaluates a profile on a file of records, and may calibrate it.

Captions and texts are scored as the records have them, or with --images the pictures go through
the whole pipeline. DIR gets metrics.json, metrics.md, predictions.jsonl, three plots and, last,
run.json.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from data_preparation.manifest import unfinish
from data_preparation.place import prepare_folder
from data_preparation.record import Record
from local_test.bootstrap import DRAWS
from local_test.calibration import AIMS
from model_package.errors import UserError
from model_package.loading import load
from model_package.pipeline import Moderator
from model_package.profile import load_profile
from model_package.progress import Progress
from model_package.verdict import decide
from model_package.weights import weights_folder
from training_pipeline import calibrate
from training_pipeline.answers import Answer
from training_pipeline.cli import quiet_libraries
from training_pipeline.evaluation import finish, measures, write
from training_pipeline.records import Views, answer_images, answer_texts, read_labelled


def evaluate_records(flags: argparse.Namespace) -> dict[str, Any]:
    """What metrics.json holds, after everything was written into `flags.output`."""
    start = time.monotonic()
    records = _records(flags)
    unfinish(prepare_folder(flags.output))
    moderator = load(flags.profile, policy=flags.policy, weights=flags.weights, device=flags.device)
    views = _views(flags, moderator, records)
    fitted = _fit(flags, moderator, records, views) if flags.calibrate else None
    moderator = _calibrated(moderator, fitted) if fitted else moderator
    answers = [_answer(moderator, *one) for one in zip(records, views, strict=True)]
    extra = {"calibration": fitted.to_json()} if fitted else {}
    metrics = {**_facts(flags, moderator, views), **measures(answers, records), **extra}
    write(flags.output, f"{metrics['profile']} on {flags.records.name}", metrics, answers, records)
    finish(flags, metrics, time.monotonic() - start)
    if fitted:
        _say(f"written into {calibrate.write_profile(flags.profile, fitted)}")
    return metrics


def _records(flags: argparse.Namespace) -> list[Record]:
    """What is to be scored, after all that can be refused before the models are loaded was."""
    _check(flags)
    records = read_labelled(flags.records, flags.limit)
    if flags.calibrate:
        calibrate.need_both([record.label or 0 for record in records])
    return records


def _calibrated(moderator: Moderator, fitted: calibrate.Calibration) -> Moderator:
    changed = replace(moderator.profile, temperature=fitted.temperature, threshold=fitted.threshold)
    return replace(moderator, profile=changed)


def _check(flags: argparse.Namespace) -> None:
    if flags.limit < 0:
        raise UserError(f"--limit {flags.limit}: give a number of records, or 0 for all")
    profile = load_profile(flags.profile)
    if flags.calibrate and profile.for_policy(flags.policy) is not profile:
        cure = "leave --policy out, or make a profile that names it"
        raise UserError(f"--calibrate is for the profile's own policy, {profile.policy!r}; {cure}")
    own = weights_folder(profile, None)
    if flags.calibrate and flags.weights and Path(flags.weights).resolve() != own.resolve():
        cure = "leave --weights out, or make a profile of them"
        raise UserError(f"--calibrate is for the profile's own weights, {own}; {cure}")
    if flags.images and not flags.images.is_dir():
        raise UserError(f"--images {flags.images}: no such folder")


def _views(
    flags: argparse.Namespace, moderator: Moderator, records: Sequence[Record]
) -> list[Views]:
    progress = Progress(_say)
    if flags.images:
        views = answer_images(moderator, records, flags.images, progress.add)
    else:
        views = answer_texts(moderator, records, progress.add)
    progress.close(sum(not one for one in views))
    return views


def _fit(
    flags: argparse.Namespace,
    moderator: Moderator,
    records: Sequence[Record],
    views: Sequence[Views],
) -> calibrate.Calibration:
    found = {one.id: view for one, view in zip(records, views, strict=True) if view}
    chosen = calibrate.one_a_group(one for one in records if one.id in found).values()
    judged = [(one.label or 0, found[one.id]) for one in chosen]
    probas = [moderator.policy.decide(view) for _, view in judged]
    return calibrate.fit([label for label, _ in judged], probas, flags.aim)


def _answer(moderator: Moderator, record: Record, views: Views) -> Answer:
    proba, verdict = decide(moderator.profile, moderator.policy, views)
    place = (record.language or "", record.source or "", record.group or "")
    return Answer(record.id, record.label or 0, proba, verdict, *place)


def _facts(
    flags: argparse.Namespace, moderator: Moderator, views: Sequence[Views]
) -> dict[str, Any]:
    profile, policy = moderator.profile, moderator.policy
    return {
        "profile": profile.name,
        "policy": policy.name,
        "input": "pixels" if flags.images else "captions and texts",
        "threshold": policy.threshold if profile.threshold is None else profile.threshold,
        "temperature": profile.temperature,
        "fallbacks": sum(not one for one in views),
        "draws": DRAWS,
    }


def _say(message: str, final: bool = False) -> None:
    print(f"evaluate: {message}", file=sys.stderr)


def main(argv: Sequence[str]) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        quiet_libraries()
        metrics = evaluate_records(flags)
    except UserError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    print((flags.output / "metrics.md").read_text(encoding="utf-8").split("\n## ")[0].rstrip())
    if "note" in metrics:
        _say(metrics["note"])
    return 0


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training_pipeline.evaluate",
        description="Measures of a profile on labelled records; or --recipe NAME, for the ladder.",
    )
    add = parser.add_argument
    add("--profile", default="pocket", metavar="NAME|FILE", help="models, engines and limits")
    add("--records", type=Path, required=True, metavar="FILE", help="JSON Lines of records")
    add("--output", type=Path, required=True, metavar="DIR", help="folder for what is measured")
    add("--images", type=Path, metavar="ROOT", help="from pixels: where `image` starts from")
    add("--policy", metavar="NAME|FILE", help="questions and views (default: the profile's own)")
    add("--weights", metavar="DIR", help="folder of weights (default: the profile's own)")
    add("--device", default="auto", metavar="auto|cpu|cuda", help="where the models run")
    add("--limit", type=int, default=0, metavar="N", help="the first N records alone (0: all)")
    add("--calibrate", action="store_true", help="fit temperature and threshold to these rows, "
        "and write them into the profile's file")  # fmt: skip
    add("--aim", choices=AIMS, default="accuracy", help="what the threshold is to make best")
    return parser
