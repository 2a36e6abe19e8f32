"""What a recipe learns from: the corpora of its mixture, and files of rows.

A line of such a file is a record with a label (which the policy's questions are asked of), a
record with messages, or an object with a prompt and a completion. Knows nothing of tokens.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data_preparation.corpora import read_corpora
from data_preparation.record import Record, from_json
from data_preparation.registry import refuse_study
from data_preparation.split import Split, group_key, keep_apart
from model_package.errors import UserError
from training_pipeline.cli import Job
from training_pipeline.recipe import Recipe
from training_pipeline.settings import Mix


@dataclass(frozen=True)
class Chat:
    """Messages; the assistant's are to be learnt. where: file and line."""

    where: str
    messages: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Completion:
    """A prompt and how it goes on, which is to be learnt. where: file and line."""

    where: str
    prompt: str
    completion: str


@dataclass(frozen=True)
class Rows:
    """labelled: records to learn from, and to judge by. talks: the other rows to learn from.

    held_talks: how many of those were left out, because they hold a text that is judged by.
    """

    labelled: Split
    talks: tuple[Chat | Completion, ...] = ()
    held_talks: int = 0


def read_rows(job: Job) -> Rows:
    """All rows of the job's recipe, of its files and of the command line's."""
    found = [one for path in row_files(job) for one in read_file(path)]
    held = [one for path in job.recipe.held for one in read_file(Path(path))]
    more, judged = _labelled(found), _labelled(held)
    refuse_study(more + judged)
    split = read_corpora(job.recipe.corpora(), job.corpora) + Split(tuple(more), tuple(judged))
    talks = [one for one in found if not isinstance(one, Record)]
    kept = without_held(talks, split.validation)
    return Rows(keep_apart(split), tuple(kept), len(talks) - len(kept))


def without_held(
    talks: Iterable[Chat | Completion], held: Iterable[Record]
) -> list[Chat | Completion]:
    """The talks in which nothing that is said is the text of a held record, however written."""
    keys = {group_key(one.text) for one in held if one.text} - {""}
    return [talk for talk in talks if not keys & {group_key(text) for text in _said(talk)}]


def _said(talk: Chat | Completion) -> tuple[str, ...]:
    if isinstance(talk, Chat):
        return tuple(message["content"] for message in talk.messages)
    return talk.prompt, talk.completion


def need_both_classes(records: Iterable[Record]) -> None:
    """A `UserError` unless each source of `records` has harmful and benign rows."""
    labels: dict[str, set[int | None]] = {}
    for one in records:
        labels.setdefault(one.source or "", set()).add(one.label)
    if not labels:
        raise UserError("there is nothing to learn from: no corpus of the recipe's mix has rows")
    for source, found in labels.items():
        if len(found) < 2:
            raise UserError(
                f"the rows of {source!r} are all of one class, and nothing can be learnt from "
                "them alone; leave it out of the mix, or give it rows of the other"
            )


def row_files(job: Job) -> tuple[Path, ...]:
    """The files of rows to learn from."""
    return (*map(Path, job.recipe.records), *job.records)


def input_files(job: Job) -> tuple[Path, ...]:
    """Every file that `read_rows` reads."""
    return (*job.corpus_files(), *row_files(job), *map(Path, job.recipe.held))


def with_sources(recipe: Recipe, records: Iterable[Record]) -> Recipe:
    """The recipe with every source of `records` in its mixture; the new ones once an epoch."""
    new = {record.source or "" for record in records} - set(recipe.corpora())
    return replace(recipe, mix=(*recipe.mix, *(Mix(name) for name in sorted(new))))


def read_file(path: Path) -> Iterator[Record | Chat | Completion]:
    """The rows of a JSON Lines file; blank lines are passed over."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _row(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error


def _row(line: str, where: str) -> Record | Chat | Completion:
    pair = _completion(line, where)
    if pair is not None:
        return pair
    record = from_json(line, where)
    if record.messages is not None:
        return Chat(where, record.messages)
    if record.label is None:
        raise UserError(f"{where}: no label, no messages, no prompt and completion to learn from")
    return record


def _completion(line: str, where: str) -> Completion | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: not JSON: {error}") from error
    if not isinstance(values, dict) or not {"prompt", "completion"} <= set(values):
        return None
    prompt, completion = values["prompt"], values["completion"]
    if not (isinstance(prompt, str) and isinstance(completion, str) and completion):
        raise UserError(f"{where}: prompt and completion must be text, and the latter not empty")
    return Completion(where, prompt, completion)


def _labelled(rows: Iterable[Record | Chat | Completion]) -> list[Record]:
    return [_grouped(row) for row in rows if isinstance(row, Record)]


def _grouped(row: Record) -> Record:
    """A row that names no group is of its text's, as the rows of corpora are."""
    return row if row.group else replace(row, group=group_key(row.text or "") or None)
