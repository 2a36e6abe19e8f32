"""Training meets attacks: so many rows, no wording that tells the label, none the battery tries."""

import random
from collections import Counter
from dataclasses import replace

from data_preparation.record import Record
from model_package.policy import load_policy
from tests.training_pipeline.tiny import make_tokenizer
from training_pipeline.asks import epoch_asks, make_builder
from training_pipeline.attacked import attack, read_wordings
from training_pipeline.recipe import load_recipe
from training_pipeline.settings import Mix, Prompts


def test_the_memes_own_words_stay_whole_and_in_the_language() -> None:
    rng = random.Random(1)
    attacked = [attack("THE MEME", language, rng) for language in ("zh", "ta") for _ in range(300)]
    assert all("THE MEME" in text.split("\n") for text in attacked)
    assert sum(any("\u4e00" <= c <= "\u9fff" for c in text) for text in attacked[:300]) > 120
    assert sum(any("\u0b80" <= c <= "\u0bff" for c in text) for text in attacked[300:]) > 120
    sides = Counter(
        (not text.startswith("THE MEME"), not text.endswith("THE MEME")) for text in attacked
    )
    assert set(sides) == {(True, False), (False, True), (True, True)}


def test_an_unknown_language_gets_english() -> None:
    words = attack("x", "vi", random.Random(2))
    assert words != "x"
    assert words.isascii()


def test_every_language_has_every_aim() -> None:
    wordings = read_wordings()
    assert set(wordings) == {"any", "en", "zh", "ms", "ta"}
    for language in ("en", "zh", "ms", "ta"):
        assert {aim: len(set(found)) >= 6 for aim, found in wordings[language].items()} == {
            "safe": True,
            "harmful": True,
            "filler": True,
        }


def test_the_recipe_says_how_many_rows_are_attacked() -> None:
    tokenizer, policy = make_tokenizer(), load_policy("ospc")
    records = [Record(str(n), text="hello world", label=n % 2, source="s") for n in range(200)]
    clean = Prompts(borrowed=0.0)
    builder = make_builder(tokenizer, policy, clean)

    def longest(prompts: Prompts) -> int:
        recipe = replace(load_recipe("smoke"), mix=(Mix("s"),), teacher=None, prompts=prompts)
        sizes = [len(ask.ids) for ask in epoch_asks(records, builder, recipe, 0)]
        return sum(size > min(sizes) + 10 for size in sizes)

    assert longest(clean) == 0
    assert 20 < longest(replace(clean, attacked=0.25)) < 90
    assert longest(replace(clean, attacked=1.0)) > 150
