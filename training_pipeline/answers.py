"""What a run answered to each row: predictions.jsonl, written and read; no words of any meme."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_preparation.place import write_whole
from local_test.slices import Columns
from model_package.errors import UserError

FILE = "predictions.jsonl"
TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "label": (int,),
    "proba": (float, int),
    "verdict": (int,),
    "language": (str,),
    "source": (str,),
    "group": (str,),
}


@dataclass(frozen=True)
class Answer:
    """label: the row's own, 1 harmful. proba, verdict: as the row would print them. group: the
    record's; empty where the row is a group of its own."""

    id: str
    label: int
    proba: float
    verdict: int
    language: str = ""
    source: str = ""
    group: str = ""


def columns(answers: Sequence[Answer]) -> Columns:
    """What the measures are made of."""
    return Columns(
        [one.label for one in answers],
        [one.proba for one in answers],
        [one.verdict for one in answers],
        [one.group for one in answers],
    )


def write_answers(folder: Path, answers: Iterable[Answer]) -> None:
    """One JSON line an answer, in `folder`."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) for one in answers)
    write_whole(folder / FILE, "".join(f"{line}\n" for line in lines))


def read_answers(folder: Path) -> dict[str, Answer]:
    """What `write_answers` wrote, by id; a `UserError` names the line that is wrong."""
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}; run evaluate into {folder}") from error
    found = [_parse(line, f"{path}:{n}") for n, line in enumerate(lines, 1) if line.strip()]
    answers = {one.id: one for one in found}
    if len(answers) < len(found):
        raise UserError(f"{path}: an id stands there twice")
    return answers


def _parse(line: str, where: str) -> Answer:
    try:
        values: dict[str, Any] = json.loads(line)
        answer = Answer(**values)
    except (ValueError, TypeError) as error:
        raise UserError(f"{where}: not an answer of evaluate: {error}") from error
    wrong = [name for name, kinds in TYPES.items() if type(values.get(name, "")) not in kinds]
    if wrong or {answer.label, answer.verdict} - {0, 1} or not 0 <= answer.proba <= 1:
        raise UserError(f"{where}: not an answer of evaluate: {wrong or 'a value out of range'}")
    return answer
