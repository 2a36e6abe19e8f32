"""How alike two texts are: the Jaccard index of their sets of characters in a row, by MinHash.

Pieces of characters, not words, so that Chinese, which has no spaces, and Tamil, which adds
endings to its words, need no tokenizer. MinHash proposes, the exact index decides.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from datasketch import MinHash, MinHashLSH

from data_preparation.record import Record
from data_preparation.split import NOISE

# Of sets with a Jaccard index of 0.6, 32 bands of 4 rows miss one in a hundred; of 0.7, in 6000.
BANDS, ROWS = 32, 4
SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=16)  # rows are asked about, then added
def squash(text: str) -> str:
    """Letters, marks, digits and symbols of `text`, folded; without spaces, links and names."""
    text = NOISE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in text if unicodedata.category(c)[0] in "LMNS")


@lru_cache(maxsize=16)
def shingles(text: str) -> frozenset[str]:
    """Every run of characters of the squashed `text`: two long in Chinese, four long elsewhere."""
    text = squash(text)
    length = 2 if len(SYLLABIC.findall(text)) > len(text) / 2 else 4
    if len(text) <= length:
        return frozenset({text}) if text else frozenset()
    return frozenset(text[i : i + length] for i in range(len(text) - length + 1))


def features(record: Record) -> frozenset[str]:
    """The shingles of what `record` says and, marked as such, of what its picture shows."""
    said = {f"t{piece}" for piece in shingles(record.text or "")}
    shown = {f"c{piece}" for piece in shingles(record.caption or "")}
    chat = {f"m{piece}" for one in record.messages or () for piece in shingles(one["content"])}
    return frozenset(said | shown | chat)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared members over all members; 0 where both are empty."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


class Index:
    """Sets that can be asked which of them are like another; the first one added comes first."""

    def __init__(self, threshold: float) -> None:
        """threshold: the least Jaccard index that counts as alike, 0.6 or more."""
        self.threshold = threshold
        self.sets: dict[str, frozenset[str]] = {}
        self.order: dict[str, int] = {}
        self.lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        self.blank = MinHash(num_perm=BANDS * ROWS, seed=1)
        self.last = (frozenset[str](), self.blank)

    def add(self, key: str, pieces: frozenset[str]) -> None:
        """Keep `pieces` under `key`; an empty set is like nothing and is left out."""
        if pieces:
            self.sets[key] = pieces
            self.order[key] = len(self.order)
            self.lsh.insert(key, self._sketch(pieces))

    def like(self, pieces: frozenset[str]) -> list[str]:
        """The keys of all sets whose exact Jaccard index with `pieces` reaches the threshold."""
        if not pieces:
            return []
        found = {str(key) for key in self.lsh.query(self._sketch(pieces))}
        near = {key for key in found if jaccard(pieces, self.sets[key]) >= self.threshold}
        return sorted(near, key=self.order.__getitem__)

    def _sketch(self, pieces: frozenset[str]) -> MinHash:
        if self.last[0] != pieces:
            sketch = self.blank.copy()
            sketch.update_batch([piece.encode() for piece in pieces])
            self.last = (pieces, sketch)
        return self.last[1]


def index_of(items: Iterable[tuple[str, frozenset[str]]], threshold: float) -> Index:
    """An index of `items`, pairs of a key and its set."""
    index = Index(threshold)
    for key, pieces in items:
        index.add(key, pieces)
    return index
