"""What is known of one meme, and what was decided about it; plain values, no models."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Evidence:
    """What the language model is shown of a meme.

    caption: what the picture shows, by the captioner; empty when captions are off.
    ocr_text: what the meme says, by OCR, one line of the picture a line; may be empty.
    """

    caption: str = ""
    ocr_text: str = ""


@dataclass(frozen=True)
class Prediction:
    """One meme's answer.

    path: the path as it was given (undecodable bytes as surrogate escapes).
    proba: probability in [0, 1] that the meme is harmful.
    label: 1 harmful, 0 benign.
    evidence: what the answer was drawn from.
    views: P(yes) of each question under each view, keyed `question/view`.
    fallback: why the policy's fallback stands here in place of an answer; None when it does not.
    seconds: time spent on this row by stage (a batch's time shared evenly among its rows).
    """

    path: str
    proba: float
    label: int
    evidence: Evidence = Evidence()
    views: dict[str, float] = field(default_factory=dict)
    fallback: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
