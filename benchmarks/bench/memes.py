"""The memes of a bench: drawn ones with known words, Harm-C's, or a folder of one's own.

Knows nothing of models. Drawn memes take their texts from the functional exam, on which nothing
was trained or tuned, so they need no corpus.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from benchmarks.ablation.memes import PICTURES, HeldOut, choose, drawable, picture, shuffled
from data_preparation.corpora import read_corpus
from data_preparation.registry import find_corpus
from local_test.probe import LANGUAGES, read_probe
from model_package.errors import UserError
from model_package.profile import Limits

KINDS = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}


@dataclass(frozen=True)
class Sample:
    """One meme. label: None where unknown. text: what it says, empty where unknown."""

    path: str
    part: str
    label: int | None = None
    text: str = ""


def draw(folder: Path, rows: int, seed: int, corpora: Path | None = None) -> list[Sample]:
    """`rows` memes, the four languages by turns and between them Harm-C's where `corpora` has it.

    Those that are drawn are written into `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Sequence[HeldOut]] = [_exam(part, rows, seed) for part in LANGUAGES]
    if corpora is not None and (corpora / PICTURES / "val.jsonl").is_file():
        held = shuffled(read_corpus(find_corpus(PICTURES), corpora).validation, seed)
        parts.append(
            [HeldOut(r.id, PICTURES, r.label or 0, str(corpora / (r.image or ""))) for r in held]
        )
    chosen = [meme for meme in chain.from_iterable(zip_longest(*parts)) if meme][:rows]
    return [_written(meme, folder / f"{n:05}.png") for n, meme in enumerate(chosen)]


def read(folder: Path, labels: Path | None, rows: int) -> list[Sample]:
    """The pictures in `folder`, by name; `labels`: CSV with `image`, `label` and perhaps `text`."""
    known = _labels(labels) if labels else {}
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in KINDS)[:rows]
    if not paths:
        raise UserError(f"{folder} holds no pictures; name another folder by --images")
    return [_told(path, known.get(path.name, {})) for path in paths]


def _exam(language: str, rows: int, seed: int) -> list[HeldOut]:
    return list(choose(language, read_probe(language), rows, seed))


def _written(meme: HeldOut, path: Path) -> Sample:
    if meme.path:
        return Sample(meme.path, meme.part, meme.label)
    picture(meme, Limits()).save(path, compress_level=1)
    return Sample(str(path), meme.part, meme.label, drawable(meme.text))


def _labels(path: Path) -> dict[str, dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {Path(row["image"]).name: row for row in csv.DictReader(file)}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise UserError(f"--labels {path}: {error}; it wants CSV with image,label") from error


def _told(path: Path, row: dict[str, str]) -> Sample:
    label = row.get("label", "")
    if label not in ("", "0", "1"):
        raise UserError(f"--labels: {path.name} has label {label!r}; it is 0 or 1")
    known = int(label) if label else None
    return Sample(str(path), row.get("language", "all"), known, row.get("text", ""))


def rounds(samples: Sequence[Sample], count: int) -> Iterator[Sequence[Sample]]:
    """`samples` dealt out to `count` rounds, each with every kind; a meme is in one round alone."""
    size = len(samples) // count
    if not size:
        raise UserError(f"{len(samples)} memes are too few for {count} rounds; give more --rows")
    for number in range(count):
        yield samples[number * size : (number + 1) * size]
