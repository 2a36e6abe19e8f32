"""Reads the evidence file that `python -m model_package --evidence FILE` writes."""

import json
import math
from pathlib import Path
from typing import Any

from model_package.errors import UserError
from model_package.evidence import Evidence, Prediction

CURE = "name a file that `python -m model_package --evidence FILE` wrote"


def read_evidence(path: Path) -> tuple[list[Prediction], bool]:
    """The rows of an evidence file, and whether its last line was half-written and left out.

    `UserError` where the file cannot be read, holds no row, or another line is no evidence.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {CURE}") from None
    ended = not lines.pop().strip()
    rows = [_row(line, f"{path}:{number}") for number, line in enumerate(lines, 1)]
    if not rows:
        raise UserError(f"{path}: no whole row in it; {CURE}")
    return rows, not ended


def _row(line: bytes, where: str) -> Prediction:
    try:
        return _prediction(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(f"{where}: not a row of evidence; {CURE}") from None


def _prediction(found: dict[str, Any]) -> Prediction:
    """`found` as a prediction; KeyError, TypeError or ValueError where a part is amiss."""
    if found["label"] not in (0, 1):
        raise ValueError("label")
    fallback = found["fallback"]
    return Prediction(
        path=_path(found["path"]),
        proba=_share(found["proba"]),
        label=int(found["label"]),
        evidence=Evidence(_text(found["caption"]), _text(found["ocr_text"])),
        views={name: _share(value) for name, value in found["views"].items()},
        fallback=None if fallback is None else _text(fallback),
        seconds={name: _seconds(value) for name, value in found["seconds"].items()},
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _path(value: Any) -> str:
    """A path as a line of stdin can hold it: bytes that are no UTF-8 are lone surrogates."""
    if b"\n" in _text(value).encode("utf-8", "surrogateescape"):
        raise ValueError("path")
    return str(value)


def _share(value: Any) -> float:
    if not 0 <= value <= 1:
        raise ValueError("share")
    return float(value)


def _seconds(value: Any) -> float:
    if not (0 <= value < math.inf):
        raise ValueError("seconds")
    return float(value)
