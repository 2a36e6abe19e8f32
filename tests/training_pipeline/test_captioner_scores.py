"""BLEU-4, ROUGE-L and CIDEr of captions, on texts whose scores are known."""

import pytest
from sacrebleu.metrics import BLEU

from training_pipeline.caption_scores import best_constants, compare, plain, rate, score
from training_pipeline.cider import cider
from training_pipeline.consensus import common_order

REFERENCES = [
    "politician speaks during a campaign event.",
    "actor in a scene from the movie.",
    "a screenshot of the video.",
    "the many faces of person.",
]
WRITTEN = [
    "politician speaks at a campaign event",
    "actor in a scene from the film",
    "a screenshot of the app",
    "person in a suit",
]


def test_case_and_punctuation_do_not_count() -> None:
    assert plain("I ' m NOT sure , if it's true .") == "i'm not sure if it's true"


def test_bleu_is_sacrebleus() -> None:
    ours = score(WRITTEN, REFERENCES)["bleu4"]["value"]
    theirs = BLEU(tokenize="none").corpus_score(
        [plain(text) for text in WRITTEN], [[plain(text) for text in REFERENCES]]
    )
    assert ours == pytest.approx(theirs.score, abs=1e-4)
    assert score(["a b c"], ["a b d"])["bleu4"]["value"] == 0


def test_the_references_themselves_score_all_there_is() -> None:
    perfect = score(REFERENCES, REFERENCES)
    assert (perfect["captions"], perfect["distinct"]) == (4, 4)
    for measure, most in (("bleu4", 100), ("rouge_l", 1), ("cider", 10)):
        assert perfect[measure] == {"value": most, "low": most, "high": most}


def test_rouge_is_the_f1_of_the_longest_common_subsequence() -> None:
    assert score(["a man in a red hat"], ["the man has a hat"])["rouge_l"]["value"] == 0.5455
    assert common_order(["a man in a red hat"], ["the man has a hat"])[0, 0] == pytest.approx(
        6 / 11
    )
    assert common_order(["a b", "c"], ["b a b", "c c"]).tolist() == [
        [pytest.approx(0.8), 0],
        [0, pytest.approx(2 / 3)],
    ]


def test_cider_counts_rare_runs_length_and_no_repeats() -> None:
    found = cider(["x y", "x y x y"], ["x y", "p q"])
    assert found.tolist() == [pytest.approx(5), 0]  # two of the four lengths of runs are there
    repeated, once = (
        cider(["cat cat cat", "q"], ["cat dog", "q"])[0],
        cider(["cat", "q"], ["cat dog", "q"])[0],
    )
    assert repeated < once


def test_the_best_constant_is_the_commonest_where_all_else_is_alike() -> None:
    train = ["the cat sat down"] * 6 + ["one big dog ran", "some red bird flew"]
    assert set(best_constants(train).values()) == {"the cat sat down"}


def test_a_captioner_that_sees_is_told_from_one_that_does_not() -> None:
    references = ["the cat sat down", "one big dog ran"] * 10
    seen = rate(references, references, references)
    blind = compare(
        ["the cat sat down"] * 20,
        dict.fromkeys(("bleu4", "rouge_l", "cider"), "the cat sat down"),
        references,
    )
    for measure in ("bleu4", "rouge_l", "cider"):
        assert seen["difference"][measure]["low"] > 0
        assert blind[measure] == {"value": 0, "low": 0, "high": 0}
