"""A policy: the questions asked of a meme, the views it is shown in, how answers combine.

Knows nothing of tokens or models. A policy is a TOML file in `policies/`.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_package.evidence import Evidence
from model_package.toml_file import find_toml, read_toml

FOLDER = Path(__file__).parent / "policies"
FIELDS = ("caption", "ocr_text")
LEAST = 16  # tokens of a window: a line of a meme
COMBINATIONS = ("mean", "max", "any", "all")


@dataclass(frozen=True)
class Question:
    """A yes/no question; `yes` and `no` are the two answer words, `yes` the harmful side."""

    id: str
    text: str
    yes: str = "Yes"
    no: str = "No"


@dataclass(frozen=True)
class View:
    """One way to show a meme: a user message with `{question}` and `{caption}` or `{ocr_text}`."""

    id: str
    template: str

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError(f"view {self.id!r} shows neither {{caption}} nor {{ocr_text}}")
        unknown = set(re.findall(r"\{(\w+)\}", self.template)) - {*FIELDS, "question"}
        if unknown:
            raise ValueError(f"view {self.id!r} has an unknown part {{{min(unknown)}}}")

    @property
    def fields(self) -> tuple[str, ...]:
        """The parts of the evidence that this view shows."""
        return tuple(name for name in FIELDS if f"{{{name}}}" in self.template)

    def can_show(self, evidence: Evidence) -> bool:
        """Whether any part that this view shows is there."""
        return any(getattr(evidence, name).strip() for name in self.fields)


@dataclass(frozen=True)
class Policy:
    """Questions, views, and how their answers become one probability and one label.

    combine_views joins one question's answers under several views; combine_questions joins
    the questions. `mean` and `max` are what they say; `any` is 1 - prod(1 - p) and `all` is
    prod(p), both for independent answers. label is proba > threshold.

    windows: tokens of the parts in which a text that is longer than its budget is looked at
    besides, the largest answer being the row's; 0 for none.
    """

    name: str
    questions: tuple[Question, ...]
    views: tuple[View, ...]
    combine_views: str = "mean"
    combine_questions: str = "mean"
    threshold: float = 0.5
    fallback: float = 0.5
    system: str = ""
    windows: int = 0

    def __post_init__(self) -> None:
        for how in (self.combine_views, self.combine_questions):
            if how not in COMBINATIONS:
                raise ValueError(f"{how!r} is no combination; use {', '.join(COMBINATIONS)}")
        if not self.questions or not self.views:
            raise ValueError("a policy needs at least one question and one view")
        for items in (self.questions, self.views):
            if len({item.id for item in items}) < len(items):
                raise ValueError("two questions or two views share an id")
            if any("/" in item.id for item in items):
                raise ValueError("an id of a question or a view cannot hold a slash")
        if not (0 <= self.fallback <= 1 and 0 <= self.threshold <= 1):
            raise ValueError("fallback and threshold are probabilities, from 0 to 1")
        if self.windows and self.windows < LEAST:
            raise ValueError(
                f"windows cannot be {self.windows}; use {LEAST} or more, or 0 for none"
            )

    def asks(
        self, evidence: Evidence, most_views: int | None = None
    ) -> list[tuple[Question, View]]:
        """Every question under the first `most_views` that have something to show of `evidence`."""
        views = [view for view in self.views if view.can_show(evidence)][:most_views]
        return [(question, view) for question in self.questions for view in views]

    def decide(self, answers: Mapping[str, float]) -> float:
        """One probability from P(yes) by `question/view`; the fallback when there is none."""
        if not answers:
            return self.fallback
        by_question = [
            combine([p for key, p in answers.items() if key.split("/")[0] == question.id], how)
            for question, how in ((one, self.combine_views) for one in self.questions)
        ]
        return combine(by_question, self.combine_questions)

    def label(self, proba: float) -> int:
        """1 when `proba` is above the threshold, else 0."""
        return int(proba > self.threshold)


def combine(probas: Iterable[float], how: str) -> float:
    """Join probabilities by one of `COMBINATIONS`."""
    values = list(probas)
    if how == "mean":
        return math.fsum(values) / len(values)
    if how == "max":
        return max(values)
    if how == "any":
        return 1.0 - math.prod(1.0 - value for value in values)
    return math.prod(values)


def load_policy(name: str) -> Policy:
    """The policy called `name` in `policies/`, or in the .toml file `name`."""
    return read_toml(find_toml(name, FOLDER, "policy"), Policy)
