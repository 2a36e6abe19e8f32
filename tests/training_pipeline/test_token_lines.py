"""Linear models of harm on the tokens of prompts."""

import random
from collections.abc import Sequence

import pytest
import torch
from scipy.sparse import csr_matrix, identity

from training_pipeline.lines import Line, Lines
from training_pipeline.settings import CorpusLine
from training_pipeline.token_lines import (
    MADE_LOWER,
    MADE_PRIOR,
    MADE_SHARE,
    MADE_STRENGTH,
    Row,
    fit_lines,
)

BAD, GOOD, ANY, THERE, HERE, END, TOKENS = 1, 2, 3, 4, 5, 8, 9
ALONE = identity(TOKENS, format="csr")


def rows(source: str, mark: int, bad: int, good: int, trust: float = 1.0) -> list[Row]:
    """Forty texts of a source whose texts hold `mark`; harmful ones hold `bad`."""
    rng = random.Random(source)
    found = []
    for number in range(40):
        word = bad if number % 2 else good
        ids = [*rng.sample([0, mark, word, ANY, ANY], 5), END]
        found.append(Row(ids, source, number % 2, trust if number % 2 else 1 - trust))
    return found


def corpora(*names: str, strength: float = 3.0, shared: float = 0.0) -> list[CorpusLine]:
    return [CorpusLine(name, strength, shared) for name in names]


def read(lines: Lines, texts: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor]:
    """(texts, sources) twice: what each line of harm says of each text, and each look."""

    def said(by: Sequence[Line], text: Row) -> list[float]:
        return [float(one.weights[list(text.ids)].mean()) + one.bias for one in by]

    own, looks = (torch.tensor([said(by, one) for one in texts]) for by in (lines.own, lines.looks))
    return own, looks


def of(line: Line, *tokens: int) -> float:
    return float(line.weights[list(tokens)].sum())


def test_each_source_has_its_own_line_whatever_the_others_say() -> None:
    disputed = rows("here", HERE, BAD, GOOD) + rows("there", THERE, GOOD, BAD)
    lines = fit_lines(disputed, corpora("here", "there", strength=30.0), ALONE)
    assert of(lines.own[0], BAD) > 1 > -1 > of(lines.own[0], GOOD)
    assert of(lines.own[1], GOOD) > 1 > -1 > of(lines.own[1], BAD)
    assert list(lines.prior) == [0.0, 0.0]


def test_looks_tell_each_source_from_the_others_and_made_rows_are_the_last() -> None:
    lines = fit_lines(
        rows("here", HERE, BAD, GOOD) + rows("x", THERE, 6, 7), corpora("here"), ALONE
    )
    look, made = lines.looks
    assert of(look, HERE) / 6 + look.bias > 0 > of(look, THERE) / 6 + look.bias
    assert of(made, THERE) / 6 + made.bias > 0 > of(made, HERE) / 6 + made.bias
    assert of(lines.own[1], 6) > 0 > of(lines.own[1], 7)
    assert list(lines.prior) == [0.0, MADE_PRIOR]


def test_a_token_says_what_its_parts_say() -> None:
    merged = csr_matrix(ALONE.tolil())
    merged[6, BAD] = 1  # token 6 is merged from BAD and another, and stands in no text
    lines = fit_lines(rows("here", HERE, BAD, GOOD), corpora("here"), merged.tocsr())
    assert of(lines.own[0], 6) == pytest.approx(of(lines.own[0], BAD))
    assert of(lines.own[0], 7) == 0


def test_the_token_that_ends_every_prompt_weighs_nothing() -> None:
    texts = rows("here", HERE, BAD, GOOD)
    lines = fit_lines(
        [*texts, Row([ANY, BAD], "x", 1, 1.0), *rows("x", THERE, 6, 7)], corpora("here"), ALONE
    )
    assert all(of(one, END) == of(one, BAD) == 0 for one in lines.all())
    assert of(lines.own[0], GOOD) < 0


def test_doubted_rows_say_less() -> None:
    sure, unsure = (
        fit_lines(rows("a", HERE, BAD, GOOD, trust), corpora("a"), ALONE) for trust in (1.0, 0.6)
    )
    strong, weak = (of(one.own[0], BAD) for one in (sure, unsure))
    assert strong > 2 * weak > 0


def test_the_only_source_has_nothing_to_be_told_apart_from() -> None:
    (look,) = fit_lines(rows("a", HERE, BAD, GOOD), corpora("a"), ALONE).looks
    assert not look.weights.any()
    assert look.bias == 0


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_the_softmax_of_looks_is_how_likely_a_text_is_of_each_source(names: list[str]) -> None:
    texts = [row for n, name in enumerate("abc") for row in rows(name, THERE + n, BAD, GOOD)]
    lines = fit_lines(texts, corpora(*names), ALONE)
    _, looks = read(lines, texts)
    likely = looks.softmax(dim=1).mean(dim=0)
    shares = [1 / 3] * len(names) + ([1 - len(names) / 3] if len(names) < 3 else [])
    assert likely.tolist() == pytest.approx(shares, abs=1e-3)


def test_the_line_of_made_rows_is_fitted_more_strongly_and_believed_less() -> None:
    texts = rows("x", HERE, BAD, GOOD)
    made = fit_lines(texts, [], ALONE).own[0]
    strong = fit_lines(texts, corpora("x", strength=MADE_STRENGTH), ALONE).own[0]
    assert of(made, BAD) == pytest.approx(MADE_SHARE * of(strong, BAD))
    assert made.bias == pytest.approx(MADE_SHARE * strong.bias - MADE_LOWER)


def test_a_corpus_learns_the_words_it_lacks_from_the_others_as_far_as_it_shares() -> None:
    texts = rows("here", HERE, BAD, GOOD) + rows("there", THERE, 6, 7)
    alone, some, more = (
        fit_lines(texts, corpora("here", "there", shared=share), ALONE).own[0]
        for share in (0.0, 0.5, 1.0)
    )
    assert of(alone, 6) == of(alone, 7) == 0
    assert of(more, 6) == pytest.approx(2 * of(some, 6))
    assert of(some, 6) > 0.1 > -0.1 > of(some, 7)
    assert of(some, BAD) > of(alone, BAD)


@pytest.mark.parametrize("names", [[], ["here"], ["here", "nowhere"]])
def test_a_corpus_without_rows_has_no_line_and_no_corpus_makes_all_rows_made(
    names: list[str],
) -> None:
    lines = fit_lines(rows("here", HERE, BAD, GOOD), corpora(*names), ALONE)
    assert len(lines.own) == len(lines.looks) == len(lines.prior) == 1
    assert of(lines.own[0], BAD) > 0.1


def test_lines_are_read_as_means_of_their_tokens_and_a_bias() -> None:
    lines = fit_lines(rows("here", HERE, BAD, GOOD), corpora("here"), ALONE)
    own, looks = read(lines, [Row([BAD, ANY, END], "here", 1, 1.0), Row([GOOD, END], "here", 0, 0)])
    line = lines.own[0]
    expected = [of(line, BAD, ANY) / 3 + line.bias, of(line, GOOD) / 2 + line.bias]
    assert torch.allclose(own[:, 0], torch.tensor(expected), atol=1e-5)
    assert looks.shape == (2, 1)
