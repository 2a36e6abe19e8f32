"""What lies in the folder of a run, so that its report needs no other flag; knows no page."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_test.form import count_lines, fault_in, parse_row
from local_test.matching import unlabelled
from model_package.errors import UserError
from model_package.evidence import Prediction
from model_package.options import Options
from model_package.profile import load_profile

EVIDENCE = "evidence.jsonl"
LABELS = ("labels.csv", "labels.tsv", "labels.jsonl")
MOUNT = "/images/"
CURE = "name a folder that `python -m local_test run` finished"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The run's `run.json`; a `UserError` where there is none."""
    try:
        found = json.loads(_bytes(folder / "run.json"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UserError(f"{folder}/run.json is not as it was written; {CURE}")
    return found


def evidence_of(folder: Path) -> Path | None:
    """Its evidence file, if it holds a row."""
    file = folder / EVIDENCE
    return file if file.is_file() and file.stat().st_size else None


def labels_of(run: Mapping[str, Any]) -> Path | None:
    """The labels that lie beside the images of the run."""
    folder = Path(str(run.get("images") or ""))
    return next((folder / name for name in LABELS if (folder / name).is_file()), None)


def stdin_of(folder: Path) -> bytes:
    """What the run was asked."""
    return _bytes(folder / "stdin.csv")


def rows_of(folder: Path) -> list[Prediction]:
    """The rows that its streams tell of, up to the first wrong one: without evidence of why."""
    stdin, rows = stdin_of(folder), list[bytes]()
    fault_in(count_lines(stdin), io.BytesIO(_bytes(folder / "stdout.csv")), rows)
    if not rows:
        raise UserError(f"{folder}: the run wrote no row; there is nothing to show")
    paths = unlabelled(stdin).paths
    return [Prediction(path, *parse_row(row)) for path, row in zip(paths, rows, strict=False)]


def at_home(rows: Sequence[Prediction], run: Mapping[str, Any]) -> list[str]:
    """Where the pictures of `rows` lie on this machine: `/images` was the run's own folder."""
    folder = run.get("images")
    return [
        f"{folder}/{row.path.removeprefix(MOUNT)}"
        if folder and row.path.startswith(MOUNT)
        else row.path
        for row in rows
    ]


def likely_thresholds() -> list[float]:
    """That verdicts of this project are drawn at: the default profile's."""
    fitted = load_profile(Options().profile).threshold
    return [] if fitted is None else [fitted]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}; {CURE}") from None
