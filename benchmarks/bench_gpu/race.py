"""(a) the seed's loop and (b) the project by turns, on memes whose words are known."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from benchmarks.bench.memes import Sample
from benchmarks.bench_gpu.known import settle
from benchmarks.bench_gpu.shapes import Shape
from model_package.evidence import Evidence, Prediction

STAGES = ("caption", "score")


@dataclass(frozen=True)
class Lap:
    """One round. a, b: memes a second. caption, score: seconds a meme of (b) in these stages.

    operations: that scoring (b)'s memes takes, a second of that stage. held: bytes of GPU memory
    at the worst moment until then.
    """

    a: float
    b: float
    caption: float
    score: float
    operations: float
    held: int


@dataclass(frozen=True)
class Race:
    """loop: (a). moderator: (b), less OCR. few: memes of a round that (a) answers."""

    loop: Any
    moderator: Any
    shape: Shape
    few: int

    def run(self, warm: Sequence[Sample], rounds: Sequence[Sequence[Sample]]) -> list[Lap]:
        """A lap a round, after one over `warm` that does not count; no meme may come twice."""
        self.lap(warm)
        laps = []
        for samples in rounds:
            laps.append(self.lap(samples))
            print(f"(a) {laps[-1].a:.2f}, (b) {laps[-1].b:.2f} memes a second", file=sys.stderr)
        return laps

    def lap(self, samples: Sequence[Sample]) -> Lap:
        """(a) answers the first `few` of `samples`, (b) all of them."""
        device, first = self.moderator.scorer.model.device, samples[: self.few]
        a = _timed(lambda: [answer(self.loop, one) for one in first], device)
        answers: list[Prediction] = []
        paths = [one.path for one in samples]
        b = _timed(lambda: answers.extend(self.moderator.predict(paths)), device)
        rates = len(first) / a, len(samples) / b
        caption, score = (sum(one.seconds[name] for one in answers) for name in STAGES)
        work = sum(operations(self.moderator, self.shape, one.evidence) for one in answers)
        count = len(samples)
        return Lap(*rates, caption / count, score / count, work / score, held(device))


def answer(loop: Any, sample: Sample) -> dict[str, float]:
    """One meme as the seed answers it, less its OCR."""
    caption = loop.caption(Image.open(sample.path).convert("RGB"))
    views: dict[str, float] = loop.answers(Evidence(caption, sample.text))
    return views


def operations(moderator: Any, shape: Shape, evidence: Evidence) -> int:
    """That the prompts of one meme take, without padding, after prefixes that are known."""
    builder = moderator.scorer.builder
    total = 0
    for question, view in moderator.policy.asks(evidence):
        prompt = builder.build(question, view, evidence)
        total += shape.operations(prompt.prefix, len(prompt.ids) - prompt.prefix)
    return total


def _timed(work: Callable[[], Any], device: torch.device) -> float:
    settle(device)
    start = time.perf_counter()
    work()
    settle(device)
    return time.perf_counter() - start


def held(device: torch.device) -> int:
    """Bytes of GPU memory that were taken at the worst moment until now; 0 on a CPU."""
    return int(torch.cuda.max_memory_reserved(device)) if device.type == "cuda" else 0
