"""Records as a Hugging Face data set, `save_to_disk` and Parquet, and back again.

    python -m data_preparation.publish --input DIR/train.jsonl DIR/validation.jsonl --output OUT

writes OUT/disk and OUT/parquet/SPLIT.parquet, a split a file, named after it; with --back,
--input is such a folder or a Parquet file, and OUT gets the JSON Lines.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_preparation.manifest import hash_files, unfinish, versions, write_manifest
from data_preparation.place import prepare_folder
from data_preparation.record import FIELDS, Record, read_records, write_records
from data_preparation.registry import refuse_study
from model_package.errors import UserError

MESSAGE = ("role", "content")


def to_table(records: Iterable[Record]) -> Any:
    """A `datasets.Dataset` of `records`, with a column a field, whatever fields they have."""
    import datasets  # noqa: PLC0415 - takes seconds

    rows = [_row(record) for record in records]
    columns = {name: [row[name] for row in rows] for name in FIELDS}
    return datasets.Dataset.from_dict(columns, features=_features(datasets))


def from_table(table: Any) -> Iterator[Record]:
    """The records of a `datasets.Dataset` that has columns named after their fields."""
    for row in table:
        values = {name: row.get(name) for name in FIELDS}
        chat = values.pop("messages")
        yield Record(**values, messages=tuple(chat) if chat is not None else None)


def save(splits: Mapping[str, Sequence[Record]], folder: Path) -> None:
    """Write `splits` into `folder`/disk and `folder`/parquet."""
    import datasets  # noqa: PLC0415 - takes seconds

    tables = datasets.DatasetDict({name: to_table(rows) for name, rows in splits.items()})
    tables.save_to_disk(str(folder / "disk"))
    for name, table in tables.items():
        path = folder / "parquet" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(str(path))


def load(path: Path) -> dict[str, list[Record]]:
    """The splits of a folder that `save` or `save_to_disk` wrote, or of one Parquet file."""
    import datasets  # noqa: PLC0415 - takes seconds

    path = path / "disk" if (path / "disk").is_dir() else path
    try:
        if path.suffix == ".parquet":
            table = datasets.Dataset.from_parquet(str(path), keep_in_memory=True)
            return {path.stem: list(from_table(table))}
        found = datasets.load_from_disk(str(path))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: no data set that can be read: {error}") from error
    tables = found if isinstance(found, datasets.DatasetDict) else {"train": found}
    return {name: list(from_table(table)) for name, table in tables.items()}


def publish(inputs: Sequence[Path], output: Path, study: bool) -> None:
    """Write the JSON Lines files at `inputs` as a data set; rows for study only are refused."""
    start = time.monotonic()
    splits = {path.stem: list(read_records(path)) for path in inputs}
    if len(splits) < len(inputs):
        raise UserError("two input files have one name; a split is named after its file")
    if not study:
        refuse_study(row for rows in splits.values() for row in rows)
    prepare_folder(output)
    unfinish(output)
    save(splits, output)
    manifest = {
        "verb": "publish",
        "settings": {"study": study},
        "inputs": hash_files(inputs),
        "metrics": {name: len(rows) for name, rows in splits.items()},
        "seconds": round(time.monotonic() - start, 1),
        "versions": versions(["datasets", "pyarrow"]),
    }
    write_manifest(output, manifest)


def unpublish(inputs: Sequence[Path], output: Path) -> None:
    """Write the data sets at `inputs` as JSON Lines, a file a split."""
    for path in inputs:
        for name, records in load(path).items():
            write_records(output / f"{name}.jsonl", records)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_preparation.publish")
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="JSON Lines files")
    parser.add_argument("--output", type=Path, required=True, help="the folder to write")
    parser.add_argument("--back", action="store_true", help="from a data set to JSON Lines")
    parser.add_argument("--study", action="store_true", help="allow rows that are for study only")
    flags = parser.parse_args(argv)
    try:
        if flags.back:
            unpublish(flags.input, flags.output)
        else:
            publish(flags.input, flags.output, flags.study)
    except UserError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    return 0


def _row(record: Record) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in FIELDS}
    chat = record.messages
    return {**values, "messages": None if chat is None else [dict(one) for one in chat]}


def _features(datasets: Any) -> Any:
    text = datasets.Value("string")
    columns = {name: text for name in FIELDS}
    chat = datasets.List({name: text for name in MESSAGE})
    return datasets.Features(columns | {"label": datasets.Value("int8"), "messages": chat})


if __name__ == "__main__":
    sys.exit(main())
