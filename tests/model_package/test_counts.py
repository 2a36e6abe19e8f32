"""What a fixed input costs, counted and not timed: a guard against work that creeps in.

A change of these numbers is a change of speed: make it on purpose, and write the new ones here.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from model_package import Moderator, Prediction, images, load
from model_package.ocr_rapid import Rapid
from model_package.ocr_tesseract import TamilLines

PATHS = sorted(str(path) for path in Path("local_test/test_images").glob("*.png"))


@pytest.fixture(scope="module")
def counts() -> Iterator[Counter[str]]:
    """Of one run over the 13 sample memes."""
    moderator = replace(load("pocket", device="cpu"), scorers=1)  # else it depends on the cores
    with pytest.MonkeyPatch.context() as patch:
        counted: Counter[str] = Counter()
        _count_scoring(moderator, counted)
        _count_captions(moderator, counted)
        _count_calls(patch, counted)
        predictions = moderator.predict(PATHS)
        counted["tokens to read"] = _tokens(moderator, predictions)
        counted["passes to make"] = _passes(moderator, predictions)
        once = Counter(counted)
        again = moderator.predict([PATHS[3], *PATHS])
        counted["more for the same bytes"] = (counted - once).total()
        counted["other answers"] = sum(map(_differ, again, [predictions[3], *predictions]))
        yield counted


def _differ(first: Prediction, second: Prediction) -> bool:
    return replace(first, seconds={}) != replace(second, seconds={})


Shape = tuple[str, str, int]  # a question, a view, and the padded length of what follows the prefix


def _prompts(moderator: Moderator, predictions: list[Prediction]) -> Iterator[Shape]:
    """Each prompt's; its length is a multiple of 16."""
    builder = moderator.scorer.builder  # type: ignore[attr-defined]
    for one in predictions:
        for question, view in moderator.policy.asks(one.evidence):
            for prompt in builder.build_all(question, view, one.evidence):
                yield question.id, view.id, -(-(len(prompt.ids) - prompt.prefix) // 16) * 16


def _tokens(moderator: Moderator, predictions: list[Prediction]) -> int:
    """Each view's prefix once, then each prompt's rest."""
    parts = moderator.scorer.builder.parts.values()  # type: ignore[attr-defined]
    return sum(len(one[0]) for one in parts) + sum(
        padded for *_, padded in _prompts(moderator, predictions)
    )


def _passes(moderator: Moderator, predictions: list[Prediction]) -> int:
    """Each view's prefix once, then those of a batch that are alike, as many as may go together."""
    size, most = moderator.profile.batch_rows, moderator.profile.lm.batch_tokens
    passes = len(moderator.scorer.builder.parts)  # type: ignore[attr-defined]
    for start in range(0, len(predictions), size):
        alike = Counter(_prompts(moderator, predictions[start : start + size]))
        passes += sum(ceil(count / max(1, most // shape[2])) for shape, count in alike.items())
    return passes


def _count_scoring(moderator: Moderator, counted: Counter[str]) -> None:
    model: Any = moderator.scorer.model  # type: ignore[attr-defined]

    def forward(_: Any, given: tuple[Any, ...]) -> None:
        counted["forward passes"] += 1
        counted["forward tokens"] += given[0].numel()

    def head(_: Any, given: tuple[Any, ...], logits: Any) -> None:
        counted["head columns"] = logits.shape[-1]
        counted["head rows"] += logits.numel() // logits.shape[-1]

    model.register_forward_pre_hook(forward)
    model.get_output_embeddings().register_forward_hook(head)


def _count_captions(moderator: Moderator, counted: Counter[str]) -> None:
    model: Any = moderator.captioner.model  # type: ignore[union-attr]

    def seen(_: Any, given: tuple[Any, ...], result: Any) -> None:
        counted["pictures encoded"] += len(result[0])

    def step(*_: Any) -> None:
        counted["caption steps"] += 1

    model.vision_model.register_forward_hook(seen)
    model.text_decoder.cls.register_forward_pre_hook(step)


def _count_calls(patch: pytest.MonkeyPatch, counted: Counter[str]) -> None:
    def follow(owner: Any, name: str, what: str) -> None:
        original = getattr(owner, name)

        def counting(*given: Any) -> Any:
            counted[what] += 1
            return original(*given)

        patch.setattr(owner, name, counting)

    follow(images, "_decode", "pictures decoded")
    follow(Rapid, "lines", "first engine's pictures")
    follow(Rapid, "_line", "first engine's lines")
    follow(TamilLines, "read_line", "second engine's lines")
    follow(TamilLines, "_read", "second engine's calls")


def test_pictures_are_decoded_and_looked_at_once(counts: Counter[str]) -> None:
    assert counts["pictures decoded"] == len(PATHS) == 13
    assert counts["pictures encoded"] == 8 + 8  # two batches, the second filled up from 5
    assert counts["first engine's pictures"] == 13


def test_a_line_that_the_second_engine_reads_is_not_read_by_the_first(
    counts: Counter[str],
) -> None:
    assert counts["first engine's lines"] == 47  # of 56 that it finds


def test_the_second_engine_is_asked_only_for_what_the_first_cannot_read(
    counts: Counter[str],
) -> None:
    assert (counts["second engine's lines"], counts["second engine's calls"]) == (18, 31)


def test_prompts_of_a_length_are_one_forward_pass_under_a_small_head(counts: Counter[str]) -> None:
    assert 2 + 4 <= counts["forward passes"] == counts["passes to make"] < 2 + 2 * len(PATHS)
    assert counts["forward tokens"] == counts["tokens to read"] > 0
    assert (counts["head rows"], counts["head columns"]) == (counts["forward tokens"], 2)


def test_captions_are_decoded_in_batches_and_stop_in_time(counts: Counter[str]) -> None:
    assert counts["caption steps"] <= 2 * 20  # two batches, 20 tokens at most


def test_the_same_bytes_cost_nothing_and_are_answered_alike(counts: Counter[str]) -> None:
    assert (counts["more for the same bytes"], counts["other answers"]) == (0, 0)
