"""The line to beat: TF-IDF and logistic regression on the same rows.

One model a corpus knows what no language model is told: which corpus a text is of. One model of
all rows is told as little.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from data_preparation.record import Record


def score(train: Sequence[Record], held: Sequence[Record]) -> list[float]:
    """P(harmful) of each record in `held`, by a model of its own corpus's rows in `train`; 0.5
    where those are not of both labels."""
    rows: dict[str, list[Record]] = defaultdict(list)
    asked: dict[str, list[int]] = defaultdict(list)
    for record in train:
        rows[record.source or ""].append(record)
    for number, record in enumerate(held):
        asked[record.source or ""].append(number)
    probas = [0.5] * len(held)
    for source, numbers in asked.items():
        if len({record.label for record in rows[source]}) < 2:
            continue
        fitted = model().fit(*_texts_and_labels(rows[source]))
        found = fitted.predict_proba([text(held[number]) for number in numbers])[:, 1]
        for number, proba in zip(numbers, found, strict=True):
            probas[number] = float(proba)
    return probas


def score_as_one(train: Sequence[Record], held: Sequence[Record]) -> list[float]:
    """P(harmful) of each record in `held`, by one model of all rows; 0.5 where those are not of
    both labels, or none is held."""
    alike = [replace(record, source=None) for record in (*train, *held)]
    return score(alike[: len(train)], alike[len(train) :])


def _texts_and_labels(records: Sequence[Record]) -> tuple[list[str], list[int]]:
    return [text(record) for record in records], [record.label or 0 for record in records]


def text(record: Record) -> str:
    """What a linear model reads of a record."""
    return " ".join(filter(None, (record.caption, record.text)))


def model() -> Any:
    """The features and the C of ../shared/data/README.md."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415

    shared: dict[str, Any] = {"min_df": 2, "sublinear_tf": True}
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), max_features=300_000, **shared
    )
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **shared)
    return make_pipeline(make_union(characters, words), LogisticRegression(C=4, max_iter=300))
