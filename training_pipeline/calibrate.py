"""Verb: a profile's temperature and threshold, fitted to labelled rows and written into its file.

    python -m training_pipeline.calibrate --recipe NAME

The ladder's last: of the recipe's quantized model, on half of the groups of rows that it judges by,
into the profile that has the recipe's name. `evaluate --calibrate` does the same for any profile.
"""

import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_preparation.place import write_whole
from data_preparation.record import Record
from local_test.calibration import fit_temperature, fit_threshold, log_loss
from local_test.metrics import measure, scored
from model_package.errors import UserError
from model_package.profile import FOLDER, LEAST_TEMPERATURE, MOST_TEMPERATURE, load_profile
from model_package.toml_file import find_toml
from model_package.verdict import temper
from training_pipeline.cli import Job, main
from training_pipeline.held import held_rows, score
from training_pipeline.rows import input_files
from training_pipeline.run import Stage, need_manifest, run_stage

VERB, QUANTIZED, AIM = "calibrate", "quantize", "accuracy"


@dataclass(frozen=True)
class Calibration:
    """What was fitted, on how many rows, and what it changed there (log loss in nats)."""

    rows: int
    temperature: float
    threshold: float
    aim: str
    log_loss_before: float
    log_loss_after: float
    ece_before: float
    ece_after: float

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def calibrate(job: Job, profile: Path | None = None) -> dict[str, Any]:
    """The manifest of what was fitted, after it was written into `profile`, the recipe's own."""
    profile = profile or profile_of(job)
    model = need_manifest(job.folder(QUANTIZED), QUANTIZED)
    settings = job.recipe.settings("prompts", "policy", "evaluate_rows") | {"aim": AIM}
    stage = Stage(VERB, settings, (model, *input_files(job)))
    if not profile.is_file():
        raise UserError(f"there is no profile {profile} to write into; make one of that name")
    manifest = run_stage(job.folder(VERB), stage, lambda _: _work(job))
    write_profile(str(profile), Calibration(**manifest["metrics"]))
    print(f"{VERB}: written into {profile}", file=sys.stderr)
    return manifest


def profile_of(job: Job) -> Path:
    """The file of the profile that has the recipe's name, whether or not it is there."""
    return FOLDER / f"{job.recipe.name}.toml"


def _work(job: Job) -> dict[str, Any]:
    held = fitted_to(held_rows(job, job.recipe.evaluate_rows))
    labels = [one.label or 0 for one in held]
    need_both(labels)
    return fit(labels, score(job, job.folder(QUANTIZED), held), AIM).to_json()


def fitted_to(held: Iterable[Record]) -> list[Record]:
    """Of every other group one row; the other groups are to judge by."""
    groups = one_a_group(held)
    return [one for name, one in groups.items() if zlib.crc32(name.encode()) % 2 == 0]


def one_a_group(records: Iterable[Record]) -> dict[str, Record]:
    """By group, one row of it: many rows of one template would outvote the rest."""
    return {one.group or one.id: one for one in records}


def fit(labels: Sequence[int], probas: Sequence[float], aim: str) -> Calibration:
    """From the policy's joined probabilities, not tempered; aim: of the threshold, one of
    `calibration.AIMS`.

    Temperature alone, without a bias: it leaves 0.5 where it is, and where verdicts change is the
    threshold's to say. The threshold is fitted to tempered probabilities as rows print them.
    """
    need_both(labels)
    found = fit_temperature(labels, probas, LEAST_TEMPERATURE, MOST_TEMPERATURE)
    temperature = min(max(round(found, 4), LEAST_TEMPERATURE), MOST_TEMPERATURE)
    tempered = [temper(proba, temperature) for proba in probas]
    threshold = fit_threshold(labels, [round(proba, 4) for proba in tempered], aim)
    return Calibration(
        rows=len(labels),
        temperature=temperature,
        threshold=round(threshold, 5),  # the middle of two numbers of four decimals
        aim=aim,
        log_loss_before=log_loss(labels, probas),
        log_loss_after=log_loss(labels, probas, temperature),
        ece_before=float(measure(scored(labels, probas))["ece"][0]),
        ece_after=float(measure(scored(labels, tempered))["ece"][0]),
    )


def need_both(labels: Sequence[int]) -> None:
    """A `UserError` where one class is absent: nothing can be fitted then."""
    if len(set(labels)) < 2:
        raise UserError("to calibrate takes harmful and benign rows; these are all of one class")


def write_profile(name: str, calibration: Calibration) -> Path:
    """Set both numbers in the file of the profile `name`; all else there stays as it was."""
    import tomlkit  # noqa: PLC0415

    path = find_toml(name, FOLDER, "profile")
    load_profile(name)  # so that a mistake in it is named before anything is written
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    for key in ("temperature", "threshold"):
        value = tomlkit.item(getattr(calibration, key))
        document[key] = value.comment("fitted by training_pipeline.calibrate")
    try:
        write_whole(path, tomlkit.dumps(document))
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error
    load_profile(name)
    return path


if __name__ == "__main__":
    sys.exit(main(VERB, calibrate))
