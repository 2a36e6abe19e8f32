"""What the memes of an evidence file are, as far as a file of labels says."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local_test.labels import read_labels
from model_package.evidence import Prediction


@dataclass(frozen=True)
class Truth:
    """labels: of each row 1 harmful, 0 benign, None unknown. languages: "" where unknown.
    unused: labels that are for no row."""

    labels: Sequence[int | None]
    languages: Sequence[str]
    unused: int = 0


def read_truth(file: Path | None, rows: Sequence[Prediction], asked: bytes = b"") -> Truth:
    """The truth about `rows` by a file of labels, as labels.py reads it; nothing without one.

    asked: the run's whole stdin, where `rows` may be fewer."""
    if file is None:
        return Truth([None] * len(rows), [""] * len(rows))
    stdin = "".join(f"{row.path}\n" for row in rows).encode("utf-8", "surrogateescape")
    found = read_labels(file, asked or stdin)
    labels = found.labels[: len(rows)]
    return Truth(
        [None if one is None else one.label for one in labels],
        ["/".join(one.names.get("language", ())) if one else "" for one in labels],
        found.unused,
    )
