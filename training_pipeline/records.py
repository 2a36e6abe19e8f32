"""Records to evaluate on: read, checked, and answered by the runtime's own stages.

Knows nothing of measures. A mistake in the file is one `UserError` that names it.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_preparation.record import Record, read_records
from local_test.identity import is_harmless_mention, spoken_of
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.pipeline import Moderator, attempt

CHUNK = 64  # records between two notes of progress
Views = Mapping[str, float]  # P(yes) by `question/view`; empty where nothing could be answered


@dataclass(frozen=True)
class Kinds:
    """The slices that each row is in, by kind of slice; and whether it is a harmless mention."""

    slices: Mapping[str, Sequence[tuple[str, ...]]]
    harmless: Sequence[bool]


def read_labelled(path: Path, limit: int = 0) -> list[Record]:
    """The first `limit` records, 0 for all; a `UserError` unless each has its own id and a
    label."""
    records = list(read_records(path))[: limit or None]
    if not records:
        raise UserError(f"{path} holds no records")
    bare = [record.id for record in records if record.label is None]
    if bare:
        raise UserError(f"{path}: {len(bare)} of {len(records)} have no label; first {bare[0]!r}")
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise UserError(f"{path}: the id {record.id!r} stands there twice; make ids unique")
        seen.add(record.id)
    return records


def kinds(records: Sequence[Record]) -> Kinds:
    """By language, source, category, and the kind of people that a row speaks of (`target`)."""
    named = {name: [_one(getattr(one, name)) for one in records] for name in _COLUMNS}
    slices = {**named, "target": [spoken_of(record) for record in records]}
    return Kinds(slices, [is_harmless_mention(record) for record in records])


_COLUMNS = ("language", "source", "category")


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def answer_texts(
    moderator: Moderator, records: Sequence[Record], told: Callable[[int], None]
) -> list[Views]:
    """Each record's caption and text, as they stand, in the policy's views. told: of progress."""
    answers: list[Views] = []
    for part in _parts(records):
        evidences = [Evidence(one.caption or "", one.text or "") for one in part]
        found = attempt(moderator.scorer.score, evidences, "score")
        answers += [views if views and _finite(views) else {} for views in found]
        told(len(part))
    return answers


def answer_images(
    moderator: Moderator, records: Sequence[Record], root: Path, told: Callable[[int], None]
) -> list[Views]:
    """Each record's picture under `root`, through the whole pipeline; its words are not used."""
    lost = [record.id for record in records if not (root / (record.image or "")).is_file()]
    if lost:
        cure = "--images is the folder that the field `image` starts from"
        raise UserError(f"{len(lost)} records have no picture; first {lost[0]!r}; {cure}")
    answers: list[Views] = []
    for part in _parts(records):
        found = moderator.predict([root / (one.image or "") for one in part])
        answers += [one.views for one in found]
        told(len(part))
    return answers


def _parts(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), CHUNK):
        yield records[start : start + CHUNK]


def _finite(views: Views) -> bool:
    return all(map(math.isfinite, views.values()))
