"""A corpus as one JSON Lines file, its manifest beside it: food for clean, translate and explain.

Knows nothing of how a corpus is read.
"""

import json
from pathlib import Path

from data_preparation.manifest import hash_files, versions
from data_preparation.outcome import beside
from data_preparation.record import Record, write_records
from data_preparation.registry import Corpus
from data_preparation.split import Split

SIDES = ("both", "train", "validation")


def write_corpus(corpus: Corpus, root: Path, split: Split, side: str, output: Path) -> int:
    """Write the `side` of `split` to `output`, then OUTPUT.run.json; how many records that is."""
    rows = choose(split, side)
    manifest = {
        "verb": "corpora read",
        "settings": {"corpus": corpus.name, "split": side, "commit": corpus.commit},
        "usage": corpus.usage,
        "licence": corpus.licence,
        "inputs": hash_files(root / name for name in corpus.files()),
        "metrics": {"records": len(rows)},
        "versions": versions(()),
    }
    last = beside(output, ".run.json")
    last.unlink(missing_ok=True)
    write_records(output, rows)
    last.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(rows)


def choose(split: Split, side: str) -> tuple[Record, ...]:
    """Train, validation, or both, train first."""
    train = () if side == "validation" else split.train
    return train + (() if side == "train" else split.validation)
