"""What a race came to: rates, ratios, stages with their floors, quality, and what is wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.bench import machine, table, told, verdict, work
from benchmarks.bench.memes import Sample
from benchmarks.bench.race import Race
from model_package.evidence import Evidence
from model_package.images import load_image

COUNTED = 8  # memes whose operations are counted


def found(
    race: Race, samples: Sequence[Sample], moderator: Any, folder: Path, dtype: str
) -> dict[str, Any]:
    """Everything that the page shows, by name."""
    device = moderator.scorer.model.device
    dtypes = {"a": dtype, "b": str(moderator.scorer.model.dtype).removeprefix("torch.")}
    loads = [lap.load for lap in race.laps]
    quality = {
        "OCR similarity": verdict.reading(samples, race.b, race.a),
        "AUROC": verdict.ranking(samples, race.b, race.a),
    }
    gap = _gap(race, moderator, folder)
    return {
        "machine": machine.describe(device),
        "load": [min(loads), max(loads)],
        "dtypes": dtypes,
        "end_to_end": _pair(race, "a", "b"),
        "without_ocr": _pair(race, "a_without_ocr", "told"),
        "processor": _pair(race, "a_processor", "b_processor"),
        "first_row_seconds": race.first,
        "peak_mib": race.peak,
        "stages": {"a": table.stages(race.a), "b": table.stages(race.b)},
        **_floors(samples, race, moderator, dtypes["b"]),
        "quality": quality,
        "gap": gap,
        "faults": verdict.faults(gap, *quality.items()),
    }


def _pair(race: Race, a: str, b: str) -> dict[str, float]:
    rates = {"a": table.rate(race.laps, a), "b": table.rate(race.laps, b)}
    return rates | table.ratio(race.laps, a, b)


def _gap(race: Race, moderator: Any, folder: Path) -> float:
    """The largest difference in fp32 to (a)'s first positions, given (a)'s evidence."""
    answered = [one for one in race.a if one["views"]]
    seen = [Evidence(one["caption"], one["ocr_text"]) for one in answered]
    ours = told.precise(moderator, folder, seen)
    return verdict.furthest(ours, [one["views"] for one in answered])


def _floors(samples: Sequence[Sample], race: Race, moderator: Any, dtype: str) -> dict[str, Any]:
    device = moderator.scorer.model.device
    images = [load_image(one.path, moderator.profile.limits) for one in samples[:COUNTED]]
    texts = [one["ocr_text"] or "nothing" for one in race.b[:COUNTED]]
    rate, bandwidth = machine.ceiling(getattr(torch, dtype), device), machine.bandwidth(device)
    stages = {
        name: {
            "operations": one.operations,
            "bytes": one.bytes,
            "seconds": one.floor(rate, bandwidth),
        }
        for name, one in work.of(moderator, images, texts).items()
    }
    return {"floor": stages, "rate": rate, "bandwidth": bandwidth}
