"""Labels for the lines of stdin, read from a file of one of three kinds; knows no submissions.

JSON Lines records, CSV or TSV with a header, or a bare column of 0 and 1,
one for each line of stdin. The first two name images, by path or by file name.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_test.matching import Label, Labelling, matched, unlabelled
from model_package.errors import UserError

IMAGE = ("image", "path", "img", "filename", "id")  # the first of these that a record has
SHOWN = 60  # characters of a wrong value that are repeated
KINDS = ("language", "source", "category")
FORMS = "JSON Lines, CSV or TSV with a header (image,label), or a bare column of 0 and 1"


def read_labels(file: Path, stdin: bytes) -> Labelling:
    """The label of each line of `stdin`; a `UserError` names the line of `file` that is wrong.

    Which image is which line's, `matching.matched` says.
    """
    text = _text(file)
    first = next((line.strip() for line in text.split("\n") if line.strip()), None)
    if first is None:
        raise UserError(f"{file} holds no labels; give {FORMS}")
    if first in ("0", "1", "label"):
        return _column(file, text, stdin)
    found = _json(file, text) if first.startswith("{") else _table(file, text, first)
    return matched(_distinct(file, found), stdin)


def _text(file: Path) -> str:
    """File names may be any bytes, so those that are no UTF-8 are kept as they are."""
    try:
        return file.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from error


def _column(file: Path, text: str, stdin: bytes) -> Labelling:
    """A line that is empty is a row without a label."""
    cells = [cell.strip() for cell in text.removesuffix("\n").split("\n")]
    start = 2 if cells[0] == "label" else 1
    values = [_label(file, number, cell) for number, cell in enumerate(cells[start - 1 :], start)]
    bare = unlabelled(stdin)
    if len(values) != len(bare.paths):
        cure = "a bare column needs one for each"
        raise UserError(f"{file}: {len(values)} labels, {len(bare.paths)} lines of stdin; {cure}")
    labels = [None if one is None else Label(one, {}, n) for n, one in enumerate(values, start)]
    return Labelling(bare.paths, labels)


Named = tuple[str, Label]


def _json(file: Path, text: str) -> Iterator[Named]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{file}:{number}: no JSON object: {error}") from error
        if not isinstance(record, dict):
            raise UserError(f"{file}:{number}: no JSON object; one record a line")
        yield from _record(file, number, record)


def _table(file: Path, text: str, first: str) -> Iterator[Named]:
    rows = csv.DictReader(io.StringIO(text, ""), delimiter="\t" if "\t" in first else ",")
    try:
        columns = [name.strip().lower() for name in rows.fieldnames or ()]
        if "label" not in columns or not set(columns) & set(IMAGE):
            raise UserError(f"{file}: no header that names an image and a label; give {FORMS}")
        rows.fieldnames = columns
        for row in rows:
            yield from _record(file, rows.line_num, row)
    except csv.Error as error:
        raise UserError(f"{file}:{rows.reader.line_num}: no line of a table: {error}") from error


def _record(file: Path, number: int, record: Mapping[str, Any]) -> Iterator[Named]:
    """Nothing for a record without a label: fields without a value are left out."""
    image = next((record[key] for key in IMAGE if record.get(key) not in (None, "")), None)
    if not isinstance(image, str | int):
        raise UserError(f"{file}:{number}: no image; give one of {', '.join(IMAGE)}")
    label = _label(file, number, record.get("label"))
    if label is not None:
        names = {kind: _names(record.get(kind)) for kind in KINDS}
        group = record.get("group")
        yield str(image), Label(label, names, number, group if isinstance(group, str) else "")


def _label(file: Path, number: int, value: Any) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, str):
        value = {"0": 0, "1": 1}.get(value.strip(), value)
    if type(value) is not int or value not in (0, 1):
        shown = repr(value)[:SHOWN]
        raise UserError(f"{file}:{number}: the label {shown} is neither 0 (benign) nor 1 (harmful)")
    return value


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str) and one)


def _distinct(file: Path, found: Iterator[Named]) -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for image, label in found:
        earlier = labels.setdefault(image, label)
        if earlier.label != label.label:
            other = f"line {earlier.line} has {earlier.label}"
            shown = repr(image)[-SHOWN:]
            raise UserError(f"{file}:{label.line}: {shown} is labelled {label.label}; {other}")
    return labels
