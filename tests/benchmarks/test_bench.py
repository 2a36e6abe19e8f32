"""The bench's judgement: what it fails for, and which memes it takes."""

from pathlib import Path

import pytest

from benchmarks.bench.memes import Sample, draw, read, rounds
from benchmarks.bench.verdict import faults, furthest, reading, similarity
from benchmarks.growth.measure import Point, Run
from model_package.errors import UserError

WORSE = {"memes": 9, "a": 0.9, "b": 0.5, "low": -0.5, "high": -0.1}


def test_another_probability_for_the_same_prompt_is_a_fault() -> None:
    gap = furthest([{"q/a": 0.5, "q/b": 0.25}], [{"q/a": 0.5, "q/b": 0.2502}])
    assert gap == pytest.approx(0.0002)
    assert faults(gap) == ["probabilities of the same prompts differ by 0.0002, above 0.0001"]
    assert faults(0.00009) == []
    assert len(faults(float("nan"))) == 1


def test_worse_evidence_is_a_fault_and_what_may_be_chance_is_none() -> None:
    assert faults(0.0, ("AUROC", WORSE)) == ["AUROC is worse: 0.500 against 0.900"]
    assert faults(0.0, ("AUROC", {**WORSE, "high": 0.1}), ("OCR", None)) == []


def test_similarity_leaves_spaces_and_case_aside() -> None:
    assert similarity("Hello world", "HELLOWORLD") == 1.0
    assert similarity("abcd", "abxx") == 0.5
    samples = [Sample("a", "en", 1, "abcd"), Sample("b", "en", 0)]
    found = reading(samples, [{"ocr_text": "abcd"}] * 2, [{"ocr_text": "abxx"}] * 2)
    assert found is not None
    assert (found["memes"], found["a"], found["b"], found["low"]) == (1, 0.5, 1.0, 0.5)


def test_memes_are_of_four_languages_both_labels_and_each_in_one_round(tmp_path: Path) -> None:
    samples = draw(tmp_path, 8, 0)
    assert [one.part for one in samples] == ["en", "zh", "ms", "ta"] * 2
    assert sum(one.label or 0 for one in samples) == 4
    assert all(one.text and Path(one.path).is_file() for one in samples)
    dealt = list(rounds(samples, 2))
    assert [one for part in dealt for one in part] == samples
    assert len(read(tmp_path, None, 5)) == 5
    with pytest.raises(UserError, match="too few"):
        list(rounds(samples, 9))


def test_memory_that_grows_and_rows_that_slow_down_are_faults() -> None:
    flat = [Point(n / 10, n, 100.0, n / 20) for n in range(1, 101)]
    assert Run("flat", 100, flat, 10.0).faults() == []
    growing = [Point(n / 10, n, 100.0 + n, n / 20) for n in range(1, 101)]
    assert "memory grew from" in Run("g", 100, growing, 10.0).faults()[0]
    slowing = [Point(n / 10, n, 100.0, n * n / 200) for n in range(1, 101)]
    assert "a row took" in Run("s", 100, slowing, 100.0).faults()[0]
