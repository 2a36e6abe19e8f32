"""Answers of the views become a row's probability and label; knows no models.

The policy joins the answers. A profile that was calibrated on validation rows then divides the
joined probability's logit by its temperature: there, after the join, because that is the number
which was compared with labels, and because no ranking changes. The probability is rounded as the
row prints it before it meets the threshold, so a row's two numbers never contradict each other.
"""

import math
from collections.abc import Mapping

from model_package.policy import Policy
from model_package.profile import Profile


def decide(profile: Profile, policy: Policy, answers: Mapping[str, float]) -> tuple[float, int]:
    """Probability to four decimals, and label, from P(yes) by `question/view`.

    Without answers both are the policy's own fallback: nothing was judged, so neither
    temperature nor the profile's threshold has a say.
    """
    if not answers:
        proba = round(policy.fallback, 4)
        return proba, policy.label(proba)
    proba = round(temper(policy.decide(answers), profile.temperature), 4)
    threshold = policy.threshold if profile.threshold is None else profile.threshold
    return proba, int(proba > threshold)


def temper(proba: float, temperature: float) -> float:
    """sigmoid(logit(proba) / temperature) (Guo et al. 2017), also where `proba` is 0 or 1."""
    if temperature == 1:
        return proba  # to the last bit
    yes, no = math.pow(proba, 1 / temperature), math.pow(1 - proba, 1 / temperature)
    return yes / (yes + no)
