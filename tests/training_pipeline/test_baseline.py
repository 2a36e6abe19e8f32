"""The line to beat, told of the source and not."""

from data_preparation.record import Record
from training_pipeline.baseline import score, score_as_one

WORDS = {"here": ("awful", "lovely"), "there": ("lovely", "awful")}  # mean the reverse


def rows(source: str) -> list[Record]:
    """Twenty rows, of which every other is harmful: it holds the source's first word."""
    return [
        Record(
            f"{source}/{n}",
            text=f"that is {WORDS[source][n % 2]}",
            label=1 - n % 2,
            source=source,
        )
        for n in range(20)
    ]


BOTH = rows("here") + rows("there")


def test_a_model_that_is_told_the_source_reads_a_word_as_it_is_meant_there() -> None:
    harmful, benign, there = score(BOTH, [BOTH[0], BOTH[1], BOTH[21]])
    assert harmful > 0.6
    assert benign < 0.4
    assert there < 0.4  # by the word that is harmful in the other source


def test_one_model_of_all_rows_cannot() -> None:
    probas = score_as_one(BOTH, [BOTH[0], BOTH[1], BOTH[20], BOTH[21]])
    assert all(0.4 < proba < 0.6 for proba in probas)
    assert score_as_one(BOTH[:20], BOTH[20:21]) < score_as_one(BOTH[:20], BOTH[:1])


def test_nothing_is_said_without_rows_of_both_labels() -> None:
    assert score(BOTH[:20], BOTH[20:22]) == [0.5, 0.5]
    assert score_as_one(BOTH[0:20:2], BOTH[:2]) == [0.5, 0.5]
    assert score_as_one(BOTH, []) == []
