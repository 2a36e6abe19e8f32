"""Policies are data; answers combine as the policy says."""

from pathlib import Path

import pytest

from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.policy import Policy, Question, View, combine, load_policy

TEXT = View("text", "{question} {ocr_text}")
BOTH = View("both", "{question} {caption} {ocr_text}")


@pytest.mark.parametrize(
    ("how", "value"), [("mean", 0.5), ("max", 0.8), ("any", 0.84), ("all", 0.16)]
)
def test_combinations(how: str, value: float) -> None:
    assert combine([0.2, 0.8], how) == pytest.approx(value)


def test_views_combine_within_a_question_before_questions_do() -> None:
    policy = Policy(
        "p", (Question("a", "A?"), Question("b", "B?")), (TEXT, BOTH), combine_questions="all"
    )
    answers = {"a/text": 0.2, "a/both": 0.4, "b/text": 0.5, "b/both": 0.5}
    assert policy.decide(answers) == pytest.approx(0.3 * 0.5)


def test_a_view_with_nothing_to_show_is_not_asked() -> None:
    policy = Policy("p", (Question("a", "A?"),), (TEXT, BOTH))
    seen = [view.id for _, view in policy.asks(Evidence(caption="a cat"))]
    assert seen == ["both"]
    assert policy.asks(Evidence(ocr_text=" \n")) == []


def test_without_answers_the_fallback_stands() -> None:
    policy = Policy("p", (Question("a", "A?"),), (TEXT,), fallback=0.25)
    assert policy.decide({}) == 0.25
    assert policy.label(0.5) == 0
    assert policy.label(0.5001) == 1


@pytest.mark.parametrize("name", ["ospc", "vr-contact"])
def test_the_policies_that_come_with_it_load(name: str) -> None:
    assert load_policy(name).name == name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = 1\nviews = []\nquestions = []", "not a string"),
        ("name = 'p'\nviews = []", "'questions' is missing"),
        ("name = 'p'\nviews = []\nquestions = []", "at least one question"),
        ("name = 'p'\ntreshold = 0.5\nviews = []\nquestions = []", "unknown key 'treshold'"),
        ("name = ", "cannot be read as TOML"),
        (
            "name = 'p'\nquestions = [{id = 'a', text = 'A?'}]\n"
            "views = [{id = 'v', template = '{ocr_text} {captoin}'}]",
            "unknown part {captoin}",
        ),
        (
            "name = 'p'\nthreshold = nan\nquestions = [{id = 'a', text = 'A?'}]\n"
            "views = [{id = 'v', template = '{caption}'}]",
            "are probabilities",
        ),
        (
            "name = 'p'\nquestions = [{id = 'a/b', text = 'A?'}]\n"
            "views = [{id = 'v', template = '{caption}'}]",
            "cannot hold a slash",
        ),
        (
            "name = 'p'\nfallback = 2\nquestions = [{id = 'a', text = 'A?'}]\n"
            "views = [{id = 'v', template = '{caption}'}]",
            "are probabilities",
        ),
        (
            "name = 'p'\nquestions = [{id = 'a', text = 'A?'}]\n"
            "views = [{id = 'v', template = ''}]",
            "shows neither",
        ),
        (
            "name = 'p'\ncombine_views = 'sum'\nquestions = [{id = 'a', text = 'A?'}]\n"
            "views = [{id = 'v', template = '{caption}'}]",
            "'sum' is no combination",
        ),
    ],
)
def test_a_mistake_in_a_policy_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=complaint) as caught:
        load_policy(str(file))
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UserError, match="no policy is called 'opsc'; choose one of ospc, vr-con"):
        load_policy("opsc")


def test_windows_hold_at_least_a_line_of_a_meme() -> None:
    questions, views = (Question("a", "A?"),), (TEXT,)
    assert Policy("p", questions, views).windows == 0
    assert Policy("p", questions, views, windows=16).windows == 16
    with pytest.raises(ValueError, match="windows cannot be 15; use 16 or more, or 0 for none"):
        Policy("p", questions, views, windows=15)
