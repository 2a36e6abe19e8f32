"""What was answered for the same bytes before: a bounded table; knows no files and no models."""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

from model_package.evidence import Evidence

ENTRIES = 2048  # answers that are kept
LONGEST = 4000  # characters of evidence; longer ones are not kept, so that the table stays small


@dataclass(frozen=True)
class Answer:
    """A file's evidence, and what was answered under each view."""

    evidence: Evidence
    views: dict[str, float]


class Memory:
    """Answers by a file's hash; of more than `entries` the one not asked for the longest goes."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self.entries = entries
        self.answers: dict[bytes, Answer] = {}  # those asked for last stand last
        self.savings: frozenset[str] = frozenset()
        self.lock = Lock()

    def under(self, savings: Collection[str]) -> None:
        """Memes do without `savings` from now on: what was answered under others is forgotten."""
        if self.savings != frozenset(savings):
            self.answers.clear()
            self.savings = frozenset(savings)

    def recall(self, key: bytes) -> Answer | None:
        """What was answered for the bytes with this hash."""
        with self.lock:
            answer = self.answers.pop(key, None)
            if answer is not None:
                self.answers[key] = answer
            return answer

    def keep(self, key: bytes, answer: Answer) -> None:
        """Know this the next time."""
        if len(answer.evidence.caption) + len(answer.evidence.ocr_text) > LONGEST:
            return
        with self.lock:
            self.answers.pop(key, None)
            self.answers[key] = answer
            if len(self.answers) > self.entries:
                del self.answers[next(iter(self.answers))]
