"""The race: (a) the seed's loop and (b) the project, round by round on the same memes.

Both run all the time, each in its own process, and only one of them has work. Each round has
memes that no other round has, so that nothing is answered from memory.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bench.machine import load
from benchmarks.bench.memes import Sample
from benchmarks.bench.side import Side
from benchmarks.bench.told import Told


@dataclass
class Lap:
    """One round: seconds of (a), of (b), and of (b) where OCR's text was given by (a).

    a_processor, b_processor: seconds that both computed, on all processors together.
    """

    memes: int
    a: float
    b: float
    told: float
    a_without_ocr: float
    load: float
    a_processor: float = 0.0
    b_processor: float = 0.0


@dataclass
class Race:
    """What came of it. first, peak: seconds to the first row and MiB, by side."""

    laps: list[Lap] = field(default_factory=list)
    a: list[dict[str, Any]] = field(default_factory=list)
    b: list[dict[str, Any]] = field(default_factory=list)
    first: dict[str, float] = field(default_factory=dict)
    peak: dict[str, float] = field(default_factory=dict)


def run(
    warm: Sequence[Sample], rounds: Sequence[Sequence[Sample]], told: Told, sides: tuple[Side, Side]
) -> Race:
    """Warm both up on `warm`, then time `rounds`; `sides` are (a) and (b)."""
    race, paths = Race(), [sample.path for sample in warm]
    for side in sides:
        race.first[side.name] = side.first(paths[0])
        side.answer(paths[1:] * 2)
    told.seconds([(path, "") for path in paths])
    for number, samples in enumerate(rounds, 1):
        lap = _lap(samples, told, sides, race)
        race.laps.append(lap)
        print(
            f"round {number} of {len(rounds)}: {lap.memes} memes, (a) {lap.a:.1f} s, "
            f"(b) {lap.b:.1f} s, load {lap.load}",
            file=sys.stderr,
        )
    race.peak = {side.name: side.peak_mib() for side in sides}
    return race


def _lap(samples: Sequence[Sample], told: Told, sides: tuple[Side, Side], race: Race) -> Lap:
    paths = [sample.path for sample in samples]
    computed = [side.processor_seconds() for side in sides]
    a, lines = sides[0].answer(paths)
    answers = [json.loads(line) for line in lines]
    race.a += answers
    time.sleep(0.2)  # what the one does after its last row is not to be the other's
    b, _ = sides[1].answer(paths)
    time.sleep(0.2)
    computed = [side.processor_seconds() - was for side, was in zip(sides, computed, strict=True)]
    alone = told.seconds([(one["path"], one["ocr_text"]) for one in answers])
    without = sum(sum(one["seconds"].values()) - one["seconds"]["ocr"] for one in answers)
    return Lap(len(samples), a, b, alone, without, load(), *computed)


def evidence(file: Path, skip: int) -> list[dict[str, Any]]:
    """What (b) wrote of each meme, less the first `skip`."""
    lines = file.read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines][skip:]
