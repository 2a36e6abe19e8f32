"""The same bytes are answered once, and by nothing but what an answer of their own would be."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from model_package.evidence import Evidence, Prediction
from model_package.memory import LONGEST, Answer, Memory
from model_package.pipeline import Moderator
from model_package.policy import load_policy
from model_package.profile import LanguageModel, Limits, Profile
from tests.model_package.fakes import FakeCaptioner, FakeReader, FakeScorer

PROFILE = Profile("fake", "", LanguageModel(), batch_rows=4, limits=Limits(small_side=8))


@dataclass
class Counting(FakeReader):
    """Notes what is read; while `short`, memory is."""

    seen: list[int] = field(default_factory=list)
    short: bool = False

    def read(self, image: Image.Image) -> str:
        self.seen.append(image.width)
        if self.short:
            raise MemoryError
        return super().read(image)


@pytest.fixture
def reader() -> Counting:
    return Counting()


@pytest.fixture
def moderator(reader: Counting) -> Moderator:
    return Moderator(PROFILE, load_policy("ospc"), reader, FakeScorer(), FakeCaptioner())


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Pictures 10, 20 and 30 wide, and a copy of the first under another name."""
    for width in (10, 20, 30):
        Image.new("RGB", (width, 5)).save(tmp_path / f"{width}.png")
    shutil.copy(tmp_path / "10.png", tmp_path / "copy.png")
    return [str(tmp_path / f"{name}.png") for name in ("10", "20", "30", "copy")]


def bare(predictions: Sequence[Prediction]) -> list[Prediction]:
    return [replace(one, seconds={}) for one in predictions]


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_copy_is_answered_alike_and_costs_nothing(
    moderator: Moderator, reader: Counting, paths: list[str], lanes: int
) -> None:
    moderator = replace(moderator, lanes=lanes, scorers=lanes)
    rows = [paths[0], paths[3], paths[1], paths[0], paths[3], paths[2], paths[1]]
    predictions = moderator.predict(rows)
    assert sorted(reader.seen) == [10, 20, 30]
    assert [one.path for one in predictions] == rows
    alone = [replace(moderator, memory=Memory()).predict([path])[0] for path in rows]
    assert bare(predictions) == bare(alone)
    copies = [set(predictions[place].seconds) for place in (0, 1, 3, 4)]  # any may come first
    assert copies.count({"decode"}) == 3


def test_other_savings_forget_what_was_answered(
    moderator: Moderator, reader: Counting, paths: list[str]
) -> None:
    whole = moderator.predict(paths[1:2])
    small = moderator.predict(paths[1:2], ["ocr_side"])
    again = moderator.predict(paths[1:2])
    assert reader.seen == [20, 8, 20]
    assert (whole[0].evidence.ocr_text, small[0].evidence.ocr_text) == ("wide 20", "wide 8")
    assert bare(again) == bare(whole)


def test_what_gives_no_picture_is_tried_again(moderator: Moderator, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    predictions = moderator.predict([str(bad)] * 3)
    reason = "not a PNG, JPEG, WebP, GIF or BMP image"
    assert [one.fallback for one in predictions] == [reason] * 3
    assert not moderator.memory.answers


def test_a_stage_that_failed_is_tried_again(
    moderator: Moderator, reader: Counting, paths: list[str]
) -> None:
    reader.short = True
    [one, two] = moderator.predict([paths[0], paths[3]])
    reader.short = False
    [three] = moderator.predict([paths[0]])
    assert [prediction.evidence.ocr_text for prediction in (one, two, three)] == ["", "", "wide 10"]
    assert reader.seen == [10, 10, 10]


def test_a_row_without_an_answer_is_scored_again(moderator: Moderator, paths: list[str]) -> None:
    scorer = FakeScorer(poison="10x5")
    moderator = replace(moderator, scorer=scorer)
    assert [one.fallback for one in moderator.predict([paths[0]] * 2)] == ["scoring failed"] * 2
    assert scorer.batches == [1, 1]


def test_a_changed_file_is_another_file(
    moderator: Moderator, reader: Counting, paths: list[str]
) -> None:
    moderator.predict(paths[:1])
    shutil.copy(paths[2], paths[0])
    [one] = moderator.predict(paths[:1])
    assert (one.proba, reader.seen) == (0.3, [10, 30])


def answer(text: str) -> Answer:
    return Answer(Evidence("", text), {"harmful/text": 0.5})


def test_it_stays_small_and_forgets_what_was_not_asked_for_the_longest() -> None:
    memory = Memory(entries=2)
    memory.keep(b"a", answer("a"))
    memory.keep(b"b", answer("b"))
    memory.recall(b"a")
    memory.keep(b"c", answer("c"))
    assert [memory.recall(key) for key in (b"a", b"b", b"c")] == [answer("a"), None, answer("c")]
    memory.keep(b"d", answer("x" * (LONGEST + 1)))
    assert memory.recall(b"d") is None


def test_whoever_changes_an_answer_changes_no_other(moderator: Moderator, paths: list[str]) -> None:
    [one] = moderator.predict(paths[:1])
    known = dict(one.views)
    one.views.clear()
    assert moderator.predict([paths[3]])[0].views == known != {}
