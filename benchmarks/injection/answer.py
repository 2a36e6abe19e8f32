"""Rows become answers: by their words as they stand, or drawn as memes and read by the pipeline."""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.injection.measure import Answers
from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.record import Record
from data_preparation.render import Meme, render
from model_package.evidence import Evidence
from model_package.pipeline import Moderator
from model_package.verdict import decide, temper

SIZE = (640, 480)


def by_words(moderator: Moderator, records: Sequence[Record], texts: Sequence[str]) -> Answers:
    """Each row with `texts` in place of its own, straight to the language model."""
    pairs = zip(records, texts, strict=True)
    evidences = [Evidence(record.caption or "", text) for record, text in pairs]
    return _answers(moderator, moderator.scorer.score(evidences))


def by_pixels(moderator: Moderator, records: Sequence[Record], texts: Sequence[str]) -> Answers:
    """Each text written on a drawn ground, through the whole pipeline."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.png" for number in range(len(texts))]
        for path, record, text in zip(paths, records, texts, strict=True):
            _draw(record, text, path)
        return _answers(moderator, [one.views for one in moderator.predict(paths)])


def _draw(record: Record, text: str, path: Path) -> None:
    """The row's ground is the same under every attack; the words go below it, on white."""
    rng = random.Random(record.id)
    ground = GROUNDS[rng.choice(sorted(GROUNDS))](SIZE, rng.randrange(2**31))
    meme = Meme(below=text, ink="dark", capitals=False, size=28)
    render(meme, ground).image.convert("RGB").save(path)


def _answers(moderator: Moderator, views: Sequence[dict[str, float]]) -> Answers:
    """The probability is not rounded as rows have it: small shifts are to be seen."""
    profile, policy = moderator.profile, moderator.policy
    joined = [
        temper(policy.decide(one), profile.temperature) if one else policy.fallback for one in views
    ]
    return Answers(joined, [decide(profile, policy, one)[1] for one in views])
