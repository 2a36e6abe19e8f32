"""The project without OCR: what its captions and scores cost where the words are given."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from model_package.evidence import Evidence
from model_package.memory import Memory
from model_package.pipeline import Moderator
from model_package.score import load_scorer


@dataclass
class Given:
    """Says, as each picture comes, the next of `texts`. Readers side by side may take them in
    another order, which moves no sum of times."""

    texts: list[str]

    def read(self, image: Image.Image) -> str:
        """The words that are given for this picture."""
        return self.texts.pop(0)


class Told:
    """One moderator of (b), in this process."""

    def __init__(self, moderator: Moderator) -> None:
        self.moderator = moderator

    def seconds(self, memes: Sequence[tuple[str, str]]) -> float:
        """That pictures at these paths take with these words, from the file to the answer."""
        given = Given([text for _, text in memes])
        told = replace(self.moderator, reader=given, memory=Memory())
        start = time.perf_counter()
        told.predict([path for path, _ in memes])
        return time.perf_counter() - start


def precise(moderator: Moderator, folder: Path, seen: Sequence[Evidence]) -> list[dict[str, float]]:
    """What (b)'s scorer answers in fp32, where (a) read something.

    Without the policy's windows: the seed's loop asks each question of a text once, and it is
    the answers to the same prompts that must be the same.
    """
    settings = replace(moderator.profile.lm, dtype="float32")
    device = moderator.scorer.model.device  # type: ignore[attr-defined]
    policy = replace(moderator.policy, windows=0)
    scorer = load_scorer(folder / settings.folder, settings, policy, device)
    return scorer.score(seen)
