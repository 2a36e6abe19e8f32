"""Held-out rows to attack: made rows of datasets/, and texts by people from the open corpora.

None of them was trained on. Knows nothing of attacks.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from data_preparation.corpora import read_corpus
from data_preparation.record import Record, read_records
from data_preparation.registry import find_corpus
from model_package.errors import UserError

DATASETS = Path(__file__).parents[2] / "datasets"
MADE = ("functional", "v3")
OPEN = ("davidson", "safenlp", "cold", "swsr", "hasoc_tamil", "dreamspace_tamil")
LANGUAGES = ("en", "zh", "ms", "ta")
LONGEST = 280  # characters: a text with an attack beside it should fit the model's budget


def gather(root: Path, each: int, languages: Iterable[str] = LANGUAGES) -> list[Record]:
    """`each` rows, half of them harmful, of every language from each kind of source that has it:
    functional, v3, and the open corpora under `root` where that is a folder."""
    kinds = [list(read_records(DATASETS / name / "validation.jsonl")) for name in MADE]
    if root.is_dir():
        kinds.append(list(chain.from_iterable(_validation(name, root) for name in OPEN)))
    chosen = [
        row for language in languages for kind in kinds for row in _some(kind, language, each)
    ]
    if not chosen:
        raise UserError("no held-out row is in any of these languages; use en, zh, ms or ta")
    return chosen


def _validation(name: str, root: Path) -> Iterator[Record]:
    yield from read_corpus(find_corpus(name), root).validation


def _some(rows: Iterable[Record], language: str, each: int) -> list[Record]:
    """Harmful and benign rows by turns, by the hashes of their ids."""
    sides: dict[int, list[Record]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: hashlib.sha256(one.id.encode()).digest()):
        if row.language == language and row.text and len(row.text) <= LONGEST:
            sides[row.label or 0].append(row)
    pairs = zip(sides[1], sides[0], strict=False)
    return list(chain.from_iterable(pairs))[:each]
