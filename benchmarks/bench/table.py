"""What a bench found, as one JSON object and as Markdown tables. Knows no clocks and no models."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.bench.race import Lap

STAGES = ("decode", "ocr", "caption", "score")


def ratio(laps: Sequence[Lap], slow: str, fast: str) -> dict[str, float]:
    """How many times faster, over all rounds, and the least and the most of one round."""
    each = [getattr(lap, slow) / getattr(lap, fast) for lap in laps]
    whole = sum(getattr(lap, slow) for lap in laps) / sum(getattr(lap, fast) for lap in laps)
    return {"whole": whole, "least": min(each), "most": max(each)}


def rate(laps: Sequence[Lap], side: str) -> float:
    """Memes a second over all rounds."""
    return float(sum(lap.memes for lap in laps) / sum(getattr(lap, side) for lap in laps))


def stages(answers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Seconds a meme in each stage, and its share of them all."""
    mean = {
        name: sum(one["seconds"].get(name, 0.0) for one in answers) / max(1, len(answers))
        for name in STAGES
    }
    whole = sum(mean.values()) or 1.0
    return {name: {"seconds": mean[name], "share": mean[name] / whole} for name in STAGES}


def markdown(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the page."""
    machine = found["machine"]
    yield f"{machine['processor']}; {machine['accelerator'] or 'no accelerator'}; "
    yield f"{machine['processors']} processors, {machine['torch_threads']} threads of torch; "
    yield f"LM of (a) in {found['dtypes']['a']}, of (b) in {found['dtypes']['b']}; load of the "
    yield f"last minute {found['load'][0]} to {found['load'][1]}; {found['date']}"
    yield ""
    yield from _speed(found)
    yield ""
    yield from _stages(found)
    yield ""
    yield from _quality(found)


def _speed(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| what | (a) the seed's loop | (b) the project | (a) / (b), rounds from - to |"
    yield "| --- | --- | --- | --- |"
    for name, one in (
        ("memes a second, with OCR", "end_to_end"),
        ("memes a second, without OCR", "without_ocr"),
        ("memes a processor second, with OCR", "processor"),
    ):
        got = found[one]
        times = f"{got['whole']:.2f} ({got['least']:.2f} - {got['most']:.2f})"
        yield f"| {name} | {got['a']:.2f} | {got['b']:.2f} | {times} |"
    first, peak = found["first_row_seconds"], found["peak_mib"]
    yield f"| seconds to the first row | {first['a']:.1f} | {first['b']:.1f} | |"
    yield f"| peak memory, MiB | {peak['a']:.0f} | {peak['b']:.0f} | |"


def _stages(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| stage | (a) ms | share | (b) ms | share | floor ms | (b) / floor | of the ceiling |"
    yield "| --- " * 8 + "|"
    for name in STAGES:
        a, b, floor = (
            found["stages"]["a"][name],
            found["stages"]["b"][name],
            found["floor"].get(name),
        )
        cells = [f"{1000 * a['seconds']:.1f}", f"{a['share']:.0%}"]
        cells += [f"{1000 * b['seconds']:.1f}", f"{b['share']:.0%}"]
        if floor:
            cells += [f"{1000 * floor['seconds']:.2f}", f"{b['seconds'] / floor['seconds']:.1f}"]
            cells += [f"{floor['operations'] / max(b['seconds'], 1e-9) / found['rate']:.1%}"]
        else:
            cells += ["", "", ""]
        yield f"| {name} | {' | '.join(cells)} |"


def _quality(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| answers | (a) | (b) | (b) - (a), 95 % |"
    yield "| --- | --- | --- | --- |"
    for name in ("OCR similarity", "AUROC"):
        one = found["quality"][name]
        if one:
            interval = f"{one['low']:+.3f} to {one['high']:+.3f}"
            yield f"| {name}, {one['memes']} memes | {one['a']:.3f} | {one['b']:.3f} | {interval} |"
    yield f"| same prompts, fp32: largest difference | | {found['gap']:.1e} | at most 1e-04 |"
