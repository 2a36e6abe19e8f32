"""What an epoch shows: every row in its views, so many prompts a pack, talks among them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_preparation.record import Record
from data_preparation.split import Split
from model_package.errors import UserError
from tests.training_pipeline.tiny import make_tokenizer
from training_pipeline.asks import Ask
from training_pipeline.cli import Job
from training_pipeline.recipe import load_recipe
from training_pipeline.rows import Completion, Rows
from training_pipeline.settings import Prompts
from training_pipeline.talks import Talk
from training_pipeline.train import all_examples

ROWS = tuple(
    Record(f"r{n}", caption="a house", text="x" * (n + 1), label=n % 2, source="mine")
    for n in range(6)
)
TALK = Completion("f:1", "near the", " river")


def examples(views: str, epochs: int, prompts: int = 0, rows: Rows | None = None) -> Any:
    recipe = replace(load_recipe("smoke"), mix=(), teacher=None, prompts=Prompts(borrowed=0.0))
    fit = replace(recipe.train, views=views, epochs=epochs, prompts=prompts, length=2000)
    job = Job(replace(recipe, train=fit), Path("runs"), Path("corpora"))
    given = rows or Rows(Split(ROWS, ()), (TALK,))
    return all_examples(job, make_tokenizer(), given)


def asks(found: Any) -> list[Ask]:
    return [ask for one in found if isinstance(one, tuple) for ask in one]


def test_all_views_in_one_epoch_are_what_turns_show_in_two() -> None:
    every, turns = asks(examples("all", 1)), asks(examples("turns", 2))
    assert len(every) == 2 * len(ROWS)
    assert Counter(every) == Counter(turns)
    assert len(asks(examples("turns", 1))) == len(ROWS)


def test_a_pack_holds_no_more_prompts_than_asked() -> None:
    found = examples("all", 1, prompts=4)
    assert sorted(len(one) for one in found if isinstance(one, tuple)) == [2, 2, 4, 4]
    assert Counter(asks(found)) == Counter(asks(examples("all", 1)))


def test_talks_come_once_an_epoch() -> None:
    talks = [one for one in examples("turns", 3) if isinstance(one, Talk)]
    assert len(talks) == 3
    assert len(set(talks)) == 1


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(UserError, match="there is nothing to learn from"):
        examples("all", 1, rows=Rows(Split((), ())))
