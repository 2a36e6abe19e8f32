"""Linear models of harm on the tokens of prompts."""

import random

import pytest

from training_pipeline.linear_path import Line
from training_pipeline.token_lines import Row, fit_lines

BAD, GOOD, ANY, THERE, HERE, END, TOKENS = 1, 2, 3, 4, 5, 8, 9


def rows(source: str, mark: int, bad: int, good: int, trust: float = 1.0) -> list[Row]:
    """Forty texts of a source whose texts hold `mark`; harmful ones hold `bad`."""
    rng = random.Random(source)
    found = []
    for number in range(40):
        word = bad if number % 2 else good
        ids = [*rng.sample([0, mark, word, ANY, ANY], 5), END]
        found.append(Row(ids, source, number % 2, trust if number % 2 else 1 - trust))
    return found


def of(line: Line, *tokens: int) -> float:
    return float(line.weights[list(tokens)].sum())


def test_what_sources_agree_on_is_shared_and_what_they_dispute_is_their_own() -> None:
    here, there = rows("here", HERE, BAD, GOOD), rows("there", THERE, BAD, GOOD)
    mixed = here + there + rows("here", HERE, 6, 7) + rows("there", THERE, 7, 6)
    lines = fit_lines(mixed, ["here", "there"], TOKENS, 30.0)
    assert of(lines.shared, BAD) > 1 > -1 > of(lines.shared, GOOD)
    assert abs(of(lines.shared, 6)) < 0.1 * of(lines.shared, BAD)
    assert of(lines.own[0], 6) > 1 > -1 > of(lines.own[0], 7)
    assert of(lines.own[1], 7) > 1 > -1 > of(lines.own[1], 6)


def test_looks_tell_each_source_from_the_others_and_rows_of_no_corpus() -> None:
    lines = fit_lines(rows("here", HERE, BAD, GOOD) + rows("x", THERE, 6, 7), ["here"], TOKENS, 3.0)
    look, made = lines.looks
    assert of(look, HERE) / 6 + look.bias > 0 > of(look, THERE) / 6 + look.bias
    assert of(made, THERE) / 6 + made.bias > 0 > of(made, HERE) / 6 + made.bias


def test_made_rows_leave_the_shared_line_alone_and_have_their_own_in_its_place() -> None:
    corpus = rows("here", HERE, BAD, GOOD)
    without = fit_lines(corpus, ["here"], TOKENS, 3.0)
    lines = fit_lines(corpus + rows("made", THERE, GOOD, BAD), ["here"], TOKENS, 3.0)
    ratio = of(lines.shared, BAD) / of(without.shared, BAD)
    assert 0.8 < ratio < 1.2
    assert of(lines.shared, BAD) > 0 > of(lines.shared, BAD) + of(lines.own[1], BAD)


def test_the_token_that_ends_every_prompt_weighs_nothing() -> None:
    texts = rows("here", HERE, BAD, GOOD)
    lines = fit_lines([*texts, Row([ANY, BAD], "x", 1, 1.0)], ["here"], TOKENS, 3.0)
    assert all(of(one, END) == of(one, BAD) == 0 for one in lines.all())
    assert of(lines.shared, GOOD) < 0


def test_doubted_rows_say_less() -> None:
    sure, unsure = (
        fit_lines(rows("a", HERE, BAD, GOOD, trust), ["a"], TOKENS, 3.0) for trust in (1.0, 0.6)
    )
    strong, weak = (of(one.shared, BAD) + of(one.own[0], BAD) for one in (sure, unsure))
    assert strong > 2 * weak > 0


def test_the_only_source_has_nothing_to_be_told_apart_from() -> None:
    (look,) = fit_lines(rows("a", HERE, BAD, GOOD), ["a"], TOKENS, 3.0).looks
    assert not look.weights.any()
    assert look.bias > 2


@pytest.mark.parametrize("corpora", [[], ["here"]])
def test_where_there_is_no_corpus_all_rows_shape_the_shared_line(corpora: list[str]) -> None:
    lines = fit_lines(rows("here", HERE, BAD, GOOD), corpora, TOKENS, 3.0)
    assert of(lines.shared, BAD) > 0.1
    assert len(lines.own) == len(lines.looks) == len(corpora)
