"""Order is kept, and one image's trouble stays its own."""

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from model_package.evidence import Evidence, Prediction
from model_package.pipeline import DeviceError, Moderator, is_passing
from model_package.policy import load_policy
from model_package.profile import LanguageModel, Profile
from tests.model_package.fakes import FakeCaptioner, FakeReader, FakeScorer

PROFILE = Profile("fake", "", LanguageModel(), batch_rows=4)
POLICY = load_policy("ospc")


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for width in range(1, 11):
        Image.new("RGB", (width, 5)).save(tmp_path / f"{width}.png")
    return [str(tmp_path / f"{width}.png") for width in range(1, 11)]


def moderator(
    captioner: FakeCaptioner | None = None,
    reader: FakeReader | None = None,
    scorer: FakeScorer | None = None,
) -> Moderator:
    return Moderator(
        PROFILE,
        POLICY,
        reader or FakeReader(),
        scorer or FakeScorer(),
        captioner or FakeCaptioner(),
    )


def test_predictions_come_in_order_and_in_batches(paths: list[str]) -> None:
    captioner, scorer = FakeCaptioner(), FakeScorer()
    predictions = moderator(captioner, scorer=scorer).predict(paths)
    assert [one.path for one in predictions] == paths
    assert [one.proba for one in predictions] == [width / 100 for width in range(1, 11)]
    assert captioner.batches == scorer.batches == [4, 4, 2]


def test_a_prediction_holds_its_evidence_views_and_times(paths: list[str]) -> None:
    [one] = moderator().predict([paths[4]])
    assert (one.evidence.caption, one.evidence.ocr_text) == ("5x5", "wide 5")
    assert one.views == {"harmful/text": 0.05}
    assert set(one.seconds) == {"decode", "caption", "ocr", "score"}
    assert one.fallback is None


def test_an_unreadable_image_gets_the_fallback_and_costs_the_others_nothing(
    paths: list[str], tmp_path: Path
) -> None:
    captioner = FakeCaptioner()
    bad = str(tmp_path / "none.png")
    predictions = moderator(captioner).predict([paths[0], bad, paths[1]])
    assert [one.proba for one in predictions] == [0.01, 0.5, 0.02]
    assert predictions[1].label == 0
    assert predictions[1].fallback == "cannot be opened (No such file or directory)"
    assert captioner.batches == [2]


def test_a_failing_caption_leaves_the_rest_of_its_batch(paths: list[str]) -> None:
    captioner = FakeCaptioner(poison=3)
    predictions = moderator(captioner).predict(paths[:4])
    assert [one.evidence.caption for one in predictions] == ["1x5", "2x5", "", "4x5"]
    assert captioner.batches == [4, 2, 2, 1, 1]


def test_failing_ocr_leaves_the_caption(paths: list[str]) -> None:
    predictions = moderator(reader=FakeReader(poison=2)).predict(paths[:2])
    assert [one.evidence.ocr_text for one in predictions] == ["", ""]
    assert [one.proba for one in predictions] == [0.01, 0.02]


def test_a_failing_score_is_a_fallback_for_its_row_alone(paths: list[str]) -> None:
    predictions = moderator(scorer=FakeScorer(poison="3x5")).predict(paths[:4])
    assert [one.proba for one in predictions] == [0.01, 0.02, 0.5, 0.04]
    assert predictions[2].fallback == "scoring failed"


def test_a_probability_that_is_no_number_is_a_fallback(paths: list[str]) -> None:
    class Overflown(FakeScorer):
        def score(
            self, evidences: Sequence[Evidence], most_views: int | None = None
        ) -> list[dict[str, float]]:
            return [{"harmful/text": math.nan} for _ in evidences]

    [one] = moderator(scorer=Overflown()).predict(paths[:1])
    assert (one.proba, one.views, one.fallback) == (0.5, {}, "scoring failed")


def test_a_lost_gpu_is_not_taken_for_a_bad_image(paths: list[str]) -> None:
    AcceleratorError = type("AcceleratorError", (RuntimeError,), {})

    class Lost(FakeScorer):
        def score(
            self, evidences: Sequence[Evidence], most_views: int | None = None
        ) -> list[dict[str, float]]:
            raise AcceleratorError("CUDA error")

    with pytest.raises(DeviceError):
        moderator(scorer=Lost()).predict(paths[:2])


def test_memory_that_runs_out_on_the_gpu_halves_the_batch_and_loses_nothing(
    paths: list[str],
) -> None:
    class Small(FakeCaptioner):
        def caption(self, images: Sequence[Image.Image]) -> list[str]:
            captions = super().caption(images)
            if len(images) > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return captions

    captioner = Small()
    predictions = moderator(captioner).predict(paths[:4])
    assert captioner.batches == [4, 2, 2]
    assert predictions == timeless(predictions, moderator().predict(paths[:4]))


def timeless(like: list[Prediction], predictions: list[Prediction]) -> list[Prediction]:
    """`predictions` with the seconds of `like`, which no two runs share."""
    return [
        replace(one, seconds=other.seconds) for one, other in zip(predictions, like, strict=True)
    ]


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), True),
        (MemoryError(), True),
        (RuntimeError("size mismatch"), False),
    ],
)
def test_which_failures_may_pass(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


def test_a_lost_gpu_is_known_by_its_message_too(paths: list[str]) -> None:
    class Lost(FakeCaptioner):
        def caption(self, images: Sequence[Image.Image]) -> list[str]:
            raise RuntimeError("CUDA error: unspecified launch failure")

    with pytest.raises(DeviceError):
        moderator(Lost()).predict(paths[:1])


def test_without_captions_only_what_says_nothing_is_captioned(paths: list[str]) -> None:
    captioner = FakeCaptioner()
    predictions = moderator(captioner).predict(paths[:3], ["caption"])
    assert [one.evidence.caption for one in predictions] == ["1x5", "", ""]
    assert [one.evidence.ocr_text for one in predictions] == ["", "wide 2", "wide 3"]
    assert captioner.batches == [1]


def test_one_view_is_asked_of_the_scorer(paths: list[str]) -> None:
    scorer = FakeScorer()
    one = moderator(scorer=scorer)
    one.predict(paths[:1], ["view"])
    one.predict(paths[:1])
    assert scorer.views == [1, None]


def test_a_smaller_picture_goes_to_ocr_alone(tmp_path: Path) -> None:
    Image.new("RGB", (1000, 500)).save(tmp_path / "large.png")
    [one] = moderator().predict([str(tmp_path / "large.png")], ["ocr_side"])
    side = PROFILE.limits.small_side
    assert (one.evidence.ocr_text, one.evidence.caption) == (f"wide {side}", "1000x500")


def test_each_stage_of_each_row_gives_a_sign_of_life(paths: list[str], tmp_path: Path) -> None:
    heard: list[tuple[int | None, str]] = []
    one = replace(moderator(), beat=lambda row, stage: heard.append((row, stage)))
    one.predict([paths[0], str(tmp_path / "none.png"), paths[1]])
    assert heard == [
        *[(0, "decode"), (1, "decode"), (2, "decode")],
        *[(0, "ocr"), (2, "ocr")],
        *[(None, "caption"), (None, "score")],
    ]


def test_logs_hold_no_words_of_a_meme(paths: list[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        moderator(FakeCaptioner(3), FakeReader(3), FakeScorer("4x5")).predict(paths[:4])
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_paths_may_be_bytes_and_nothing_else_is_taken_for_one(paths: list[str]) -> None:
    [one] = moderator().predict([paths[0].encode()])
    assert (one.path, one.proba) == (paths[0], 0.01)
    with pytest.raises(TypeError):
        moderator().predict(paths[0])
    with pytest.raises(TypeError):
        moderator().predict([None])  # type: ignore[list-item]


def test_no_paths_no_predictions() -> None:
    assert moderator().predict([]) == []
