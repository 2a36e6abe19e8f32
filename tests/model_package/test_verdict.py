"""The row's two numbers never contradict each other, with a temperature and without."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_package.errors import UserError
from model_package.policy import Policy, Question, View
from model_package.profile import LanguageModel, Profile, load_profile
from model_package.verdict import decide, temper

PROFILE = Profile("fake", "", LanguageModel())
POLICY = Policy("p", (Question("a", "A?"),), (View("text", "{question} {ocr_text}"),))
PROBA = st.floats(0, 1)


def test_without_calibration_the_policy_decides() -> None:
    assert decide(PROFILE, POLICY, {"a/text": 0.50004}) == (0.5, 0)
    assert decide(PROFILE, POLICY, {"a/text": 0.50006}) == (0.5001, 1)


def test_temperature_divides_the_logit() -> None:
    logit = math.log(0.8 / 0.2)
    assert temper(0.8, 2.0) == pytest.approx(1 / (1 + math.exp(-logit / 2)))
    assert decide(replace(PROFILE, temperature=2.0), POLICY, {"a/text": 0.8}) == (0.6667, 1)
    assert [temper(proba, 3.0) for proba in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]


def test_the_profiles_threshold_beats_the_policys() -> None:
    profile = replace(PROFILE, threshold=0.43215)
    assert decide(profile, POLICY, {"a/text": 0.43214}) == (0.4321, 0)
    assert decide(profile, POLICY, {"a/text": 0.43216}) == (0.4322, 1)


def test_the_fallback_is_the_policys_own() -> None:
    profile = replace(PROFILE, temperature=3.0, threshold=0.2)
    assert decide(profile, POLICY, {}) == (0.5, 0)
    assert decide(profile, replace(POLICY, fallback=0.9), {}) == (0.9, 1)


@settings(deadline=None)
@given(st.lists(PROBA, min_size=2, max_size=5), st.floats(0.05, 20), PROBA)
def test_order_is_kept_and_labels_follow_the_printed_number(
    probas: list[float], temperature: float, threshold: float
) -> None:
    ordered = sorted(probas)
    tempered = [temper(proba, temperature) for proba in ordered]
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(tempered))
    profile = replace(PROFILE, temperature=temperature, threshold=threshold)
    rows = [decide(profile, POLICY, {"a/text": proba}) for proba in ordered]
    assert all(label == int(float(f"{proba:.4f}") > threshold) for proba, label in rows)


def test_a_profile_is_calibrated_for_its_own_policy_alone() -> None:
    profile = replace(PROFILE, temperature=2.0, threshold=0.3)
    assert profile.for_policy(None) == profile.for_policy("ospc") == profile
    other = profile.for_policy("vr-contact")
    assert (other.temperature, other.threshold) == (1.0, None)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("temperature = 0.0", "temperature cannot be 0.0; it is from 0.05 to 20.0"),
        ("temperature = nan", "temperature cannot be nan"),
        ("threshold = 1.5", "threshold cannot be 1.5; it is from 0 to 1"),
    ],
)
def test_a_calibration_that_cannot_be_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"name = 'mine'\nsummary = ''\n{text}\n[lm]\n")
    with pytest.raises(UserError, match=complaint):
        load_profile(str(file))
