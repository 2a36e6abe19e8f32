"""Plots: the same bytes at each run, whatever the rows are."""

from pathlib import Path

import pytest
from PIL import Image

from local_test.slices import Columns, sliced, summary
from training_pipeline.curves import choose, draw

NAMES = ("roc.png", "precision_recall.png", "reliability.png")
MIXED = Columns([0, 1] * 20, [n / 40 for n in range(40)], [0, 1] * 20)
HARMFUL = Columns([1] * 5, [0.5] * 5, [0] * 5)


@pytest.mark.parametrize("columns", [MIXED, HARMFUL])
def test_the_same_picture_twice(tmp_path: Path, columns: Columns) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        draw(tmp_path / name, "a title", {"all": (columns, summary(columns))})
    for name in NAMES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert Image.open(tmp_path / "a" / name).size == (960, 900)


def test_several_languages_get_a_curve_each_and_one_does_not() -> None:
    languages: list[tuple[str, ...]] = [("en",) if n < 25 else ("ta",) for n in range(40)]
    whole = (MIXED, summary(MIXED))
    chosen = choose(whole, MIXED, languages, sliced(MIXED, languages))
    assert list(chosen) == ["all", "en", "ta"]
    assert list(chosen["ta"][0].probas) == [n / 40 for n in range(25, 40)]
    one: list[tuple[str, ...]] = [("en",)] * 40
    assert list(choose(whole, MIXED, one, sliced(MIXED, one))) == ["all"]
