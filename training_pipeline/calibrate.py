"""A profile's temperature and threshold, fitted to labelled rows and written into its file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_preparation.place import write_whole
from local_test.calibration import fit_temperature, fit_threshold, log_loss
from local_test.metrics import measure, scored
from model_package.errors import UserError
from model_package.profile import FOLDER, LEAST_TEMPERATURE, MOST_TEMPERATURE, load_profile
from model_package.toml_file import find_toml
from model_package.verdict import temper

NOTE = "fitted by training_pipeline.evaluate --calibrate"


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
        raise UserError("--calibrate needs harmful and benign rows; these are all of one class")


def write_profile(name: str, calibration: Calibration) -> Path:
    """Set both numbers in the file of the profile `name`; all else there stays as it was."""
    import tomlkit  # noqa: PLC0415

    path = find_toml(name, FOLDER, "profile")
    load_profile(name)  # so that a mistake in it is named before anything is written
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    for key in ("temperature", "threshold"):
        value = tomlkit.item(getattr(calibration, key))
        document[key] = value.comment(NOTE)
    try:
        write_whole(path, tomlkit.dumps(document))
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error
    load_profile(name)
    return path
