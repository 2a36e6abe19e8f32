"""The one record that stages pass on, and its JSON Lines files; knows nothing of any corpus."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_package.errors import UserError


@dataclass(frozen=True)
class Record:
    """One meme, or one text that stands for a meme; a field without a value is None.

    caption: what the picture shows. text: what the meme says, as OCR would read it.
    label: 1 harmful, 0 benign. category: the corpus's finer class. source: the corpus's name.
    group: rows that share it must not be separated by a split. image: path of the picture.
    rationale: a teacher's reason for the label. messages: a chat, for chat-shaped training.
    """

    id: str
    caption: str | None = None
    text: str | None = None
    language: str | None = None
    label: int | None = None
    category: str | None = None
    source: str | None = None
    licence: str | None = None
    group: str | None = None
    image: str | None = None
    rationale: str | None = None
    messages: tuple[dict[str, str], ...] | None = None


FIELDS = tuple(field.name for field in dataclasses.fields(Record))
HALF = re.compile("[\ud800-\udfff]")
TYPES: dict[str, Any] = {"label": int, "messages": list}


def to_json(record: Record) -> str:
    """One line of JSON Lines, without the fields that have no value."""
    values = {name: getattr(record, name) for name in FIELDS}
    kept = {name: value for name, value in values.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False)


def from_json(line: str, where: str = "record") -> Record:
    """The record in `line`; `where` opens the message of a `UserError`."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: not JSON: {error}") from error
    if not isinstance(values, dict) or "id" not in values:
        raise UserError(f"{where}: a record is a JSON object with an id")
    for name, value in values.items():
        _check(name, value, where)
    chat = values.pop("messages", None)
    return Record(**values, messages=None if chat is None else tuple(chat))


def _check(name: str, value: Any, where: str) -> None:
    if name not in FIELDS:
        raise UserError(f"{where}: unknown field {name!r}; known: {', '.join(FIELDS)}")
    if type(value) is not TYPES.get(name, str):
        raise UserError(f"{where}: {name} cannot be {value!r}")
    if not _is_whole(value):
        raise UserError(f"{where}: {name} holds half a surrogate pair, which is no character")
    if name == "label" and value not in (0, 1):
        raise UserError(f"{where}: label {value!r} is neither 0 nor 1")
    if name == "messages" and not all(_is_message(one) for one in value):
        raise UserError(f"{where}: messages must be objects with a role and a content, both text")


def _is_whole(value: Any) -> bool:
    return not HALF.search(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and {key: type(one) for key, one in value.items()} == {
        "role": str,
        "content": str,
    }


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write `records` as JSON Lines; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.writelines(to_json(record) + "\n" for record in records)
    unfinished.replace(path)


def read_records(path: Path) -> Iterator[Record]:
    """The records of a JSON Lines file; blank lines are passed over."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield from_json(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
