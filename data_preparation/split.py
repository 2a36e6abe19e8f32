"""Grouped, deterministic splits: the same rows on every machine, no text on both sides."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from data_preparation.record import Record

NOISE = re.compile(r"https?://\S+|@\w+|&#?\w+;|\brt\b")


@dataclass(frozen=True)
class Split:
    """Records to learn from, and records to judge by."""

    train: tuple[Record, ...]
    validation: tuple[Record, ...]

    def __add__(self, other: "Split") -> "Split":
        return Split(self.train + other.train, self.validation + other.validation)


def group_key(text: str) -> str:
    """Near-duplicates share it: letters, marks and digits of `text`, without links and names."""
    text = NOISE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in text if unicodedata.category(c)[0] in "LMN")
    return hashlib.sha256(kept.encode()).hexdigest()[:16] if kept else ""


def cut(records: Iterable[Record], share: float = 0.1) -> Split:
    """Put each group whole on one side, by the hash of its name; `share` is for validation."""
    rows = tuple(records)
    held = {_kin(row) for row in rows if _fraction(_kin(row)) < share}
    return Split(
        tuple(row for row in rows if _kin(row) not in held),
        tuple(row for row in rows if _kin(row) in held),
    )


def keep_apart(split: Split) -> Split:
    """Without the train rows whose group is in the validation side too."""
    held = {_kin(row) for row in split.validation}
    return Split(tuple(row for row in split.train if _kin(row) not in held), split.validation)


def _kin(row: Record) -> str:
    return row.group or row.id  # a row without a group is its own


def _fraction(name: str) -> float:
    return int(hashlib.sha256(f"split {name}".encode()).hexdigest()[:8], 16) / 2**32
