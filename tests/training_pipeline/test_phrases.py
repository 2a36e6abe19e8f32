"""Tokens that reach across words, and what tokens are made of."""

import pytest

from model_package.policy import load_policy
from training_pipeline.phrases import PIECE, parts
from training_pipeline.tokenizer import train_tokenizer

TEXTS = [
    "go back to where you came from",
    "you came from the market, go home",
    "回去你的国家 吧",
] * 9


def pieces(text: str, phrases: int) -> list[str]:
    tokenizer = train_tokenizer(TEXTS, load_policy("ospc"), 600, phrases)
    return [tokenizer.decode([token]) for token in tokenizer(text)["input_ids"]]


def test_words_that_often_stand_together_are_one_token_and_without_phrases_they_are_not() -> None:
    assert pieces("you came from", 0) == ["you", " came", " from"]
    assert pieces("you came from", 100) == ["you came from"]
    assert pieces("where you came from", 100)[-1] == " you came from"


@pytest.mark.parametrize("text", ["you, came from", "you came 3 from", "you\ncame from"])
def test_no_phrase_reaches_across_signs_digits_and_lines(text: str) -> None:
    assert not any("you" in one and "came" in one for one in pieces(text, 100))


@pytest.mark.parametrize("text", ["go back, YOU 12!", "回去 去你的 zz", "மலர் ok", "a  b\t\n去"])
def test_any_text_comes_back_whole(text: str) -> None:
    tokenizer = train_tokenizer(TEXTS, load_policy("ospc"), 600, 100)
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text.lower()


def test_a_rare_phrase_is_no_token() -> None:
    tokenizer = train_tokenizer([*TEXTS, "purple soup " * 3], load_policy("ospc"), 600, 100)
    assert " purple soup" not in tokenizer.get_vocab()
    assert len(tokenizer) <= 700


def test_the_parts_of_a_token_are_itself_and_all_that_it_was_merged_from() -> None:
    tokenizer = train_tokenizer(TEXTS, load_policy("ospc"), 600, 100)
    table = parts(tokenizer)
    (phrase,) = tokenizer("you came from")["input_ids"]
    found = {tokenizer.decode([one]) for one in table[phrase].indices}
    assert {"you came from", "you", " came", " from", "y", "o", " "} <= found
    assert not {" home", "k"} & found
    single = tokenizer("z")["input_ids"]
    assert table[single[0]].indices.tolist() == single
    weights = {tokenizer.decode([one]): table[phrase, one] for one in table[phrase].indices}
    assert weights["you came from"] == weights["you"] == weights[" from"] == 1
    assert weights["y"] == PIECE
    *_, words = tokenizer("回去你的")["input_ids"]
    assert set(table[words].data) == {1.0}
