"""A teacher's yes or no: its probability by the answer words' logprobs, or by its words alone.

Knows nothing of pictures or providers.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data_preparation.providers.request import Reply
from model_package.policy import Question

WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Answer:
    """One answer. proba: of the yes word against the no word. said: by `logprobs` or `words`."""

    picture: str
    question: str
    run: int
    proba: float
    said: str

    @property
    def yes(self) -> bool:
        """Whether yes is the likelier."""
        return self.proba > 0.5


def read_answer(reply: Reply, question: Question) -> tuple[float, str] | None:
    """P(yes), and how it was told; None where neither answer word is there."""
    if reply.logprobs:
        proba = _from_logprobs(reply.logprobs[0], question)
        if proba is not None:
            return proba, "logprobs"
    found = [word.casefold() for word in WORD.findall(reply.text)]
    sides = {question.yes.casefold(): 1.0, question.no.casefold(): 0.0}
    told = [sides[word] for word in found if word in sides]
    if not told or (told[0] != told[-1] and found[0] not in sides):
        return None
    return told[0], "words"


def _from_logprobs(first: Mapping[str, Any], question: Question) -> float | None:
    """The share of yes among both words, summed over spellings such as ` Yes` and `yes`."""
    tokens = first.get("top_logprobs") or [first]
    yes, no = (_mass(tokens, word) for word in (question.yes, question.no))
    return yes / (yes + no) if yes + no > 0 else None


def _mass(tokens: Iterable[Mapping[str, Any]], word: str) -> float:
    same = [one for one in tokens if str(one.get("token")).strip().casefold() == word.casefold()]
    return math.fsum(math.exp(float(one["logprob"])) for one in same)
