"""The teacher: who judges whom, what its word does to the loss, and where embeddings begin."""

import math

import pytest
import torch

from data_preparation.record import Record
from model_package.policy import load_policy
from training_pipeline.asks import epoch_asks, make_builder
from training_pipeline.recipe import Recipe
from training_pipeline.settings import Fit, Mix, Prompts, Teacher
from training_pipeline.sft import answer_loss
from training_pipeline.teacher import folds, judge
from training_pipeline.tokenizer import train_tokenizer


def record(number: int, label: int, source: str = "a", group: str | None = None) -> Record:
    return Record(
        id=f"{source}/{number}",
        text=f"text {number}",
        language="en",
        label=label,
        source=source,
        group=group or f"{source}{number}",
    )


def test_each_row_is_judged_once_by_rows_of_other_groups_of_its_own_source() -> None:
    rows = [record(n, n % 2, group=f"g{n // 2}") for n in range(10)]
    rows += [record(n, n % 2, source="b") for n in range(6)]
    parts = list(folds(rows, 3, seed=1))
    assert sorted(one.id for _, held in parts for one in held) == sorted(one.id for one in rows)
    for known, held in parts:
        assert len({one.source for one in (*known, *held)}) == 1
        assert not {one.group for one in known} & {one.group for one in held}
        assert len(known) + len(held) == {"a": 10, "b": 6}[held[0].source or ""]


def test_a_judge_tells_words_that_go_with_harm() -> None:
    texts = ["bad thing here", "good thing here", "bad day now", "good day now"] * 3
    tokens = [" ".join("1" if word == "bad" else "2" for word in one.split()) for one in texts]
    probas = judge(
        (texts, tokens), (["bad thing now", "good thing now"], ["1 2", "2 2"]), [1, 0] * 6
    )
    assert probas[0] > 0.6
    assert probas[1] < 0.4


def test_doubt_splits_the_loss_between_answer_and_rival() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    log_total = math.log(math.exp(2) + 2)
    sure = answer_loss(logits[:1], torch.tensor([0]), torch.tensor([1]), torch.tensor([0.0]))
    assert sure.item() == pytest.approx(log_total - 2, abs=1e-6)
    torn = answer_loss(logits[:1], torch.tensor([0]), torch.tensor([1]), torch.tensor([0.25]))
    assert torn.item() == pytest.approx(0.75 * (log_total - 2) + 0.25 * log_total, abs=1e-6)


def test_an_asks_doubt_is_the_teachers_word_by_its_weight() -> None:
    policy = load_policy("ospc")
    tokenizer = train_tokenizer(["text 1 2 3"], policy, 400)
    recipe = Recipe(
        name="t",
        summary="",
        base="x",
        train=Fit(epochs=1, learning_rate=1e-3, batch=1),
        mix=(Mix("a"),),
        teacher=Teacher(weight=0.5),
    )
    builder = make_builder(tokenizer, policy, Prompts(borrowed=0))
    rows = [record(1, 1), record(2, 0), record(3, 1)]
    asks = list(epoch_asks(rows, builder, recipe, 0, {"a/1": 0.9, "a/2": 0.4}))
    words = builder.answers["harmful", "text"]
    assert [ask.doubt for ask in asks] == pytest.approx([0.05, 0.2, 0.0])
    assert [ask.answer for ask in asks] == [words.yes, words.no, words.yes]
    assert [ask.rival for ask in asks] == [words.no, words.yes, words.no]


@pytest.mark.parametrize("wrong", [{"weight": 1.5}, {"folds": 1}])
def test_a_teacher_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="from 0 to 1, and folds"):
        Teacher(**wrong)  # type: ignore[arg-type]
