"""What a bench on a GPU found, and what of it is below its target. Knows no clocks, no models."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.bench_gpu import candidates
from benchmarks.bench_gpu.race import Lap

FLAT = 0.05  # by which GPU memory may differ between the first round and the last


def figures(laps: Sequence[Lap], rate: float) -> dict[str, dict[str, float]]:
    """Each figure as the median of rounds, with the least and the most."""
    values = {
        "a": [one.a for one in laps],
        "b": [one.b for one in laps],
        "ratio": [one.b / one.a for one in laps],
        "share": [one.operations / rate for one in laps],
        "caption": [one.caption for one in laps],
        "score": [one.score for one in laps],
    }
    return {
        name: {"median": median(each), "least": min(each), "most": max(each)}
        for name, each in values.items()
    }


def faults(found: Mapping[str, Any], times: float, share: float) -> list[str]:
    """Every target that was missed, a line each."""
    lines = []
    ratio, part = (found["figures"][name]["median"] for name in ("ratio", "share"))
    if not ratio >= times:
        lines.append(f"{ratio:.1f} times the seed's loop; the target is {times:g}")
    if not part >= share:
        lines.append(f"scoring reaches {part:.1%} of the ceiling; the target is {share:.0%}")
    early, late = _held(found)
    if not late <= early * (1 + FLAT):
        lines.append(f"GPU memory grew with rows, from {early:.0f} to {late:.0f} MiB")
    chosen = candidates.fault(found["candidates"], found["kernel"])
    return [*lines, chosen] if chosen else lines


def _held(found: Mapping[str, Any]) -> tuple[float, float]:
    """MiB of GPU memory after the first round, and after the last."""
    first, *_, last = found["laps"] * 2
    return first["held"] / 2**20, last["held"] / 2**20


def markdown(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the page."""
    machine = found["machine"]
    yield f"{machine['accelerator'] or machine['processor']}; {found['dtype']}, {found['kernel']}; "
    yield f"{found['memes']} memes in {found['rounds']} rounds; {found['date']}"
    yield ""
    yield "| what | median | from - to |"
    yield "| --- | --- | --- |"
    for name, what, form in (
        ("a", "(a) the seed's loop, memes a second", ".2f"),
        ("b", "(b) the project, memes a second", ".2f"),
        ("ratio", "(b) / (a)", ".1f"),
        ("share", f"scoring, of {found['rate'] / 1e12:.3g} TFLOP/s", ".1%"),
        ("caption", "(b) captions, seconds a meme", ".5f"),
        ("score", "(b) scores, seconds a meme", ".5f"),
    ):
        one = found["figures"][name]
        cells = f"{one['median']:{form}} | {one['least']:{form}} - {one['most']:{form}}"
        yield f"| {what} | {cells} |"
    early, late = _held(found)
    yield f"| GPU memory after the first round and the last, MiB | {early:.0f} | {late:.0f} |"
    yield ""
    yield "| GPTQ weights | loads in | scores in, each try |"
    yield "| --- | --- | --- |"
    for name, told in found["candidates"].items():
        if "failed" in told:
            yield f"| {name} | | {told['failed']} |"
        else:
            tries = ", ".join(f"{one:.3f}" for one in told["seconds"])
            yield f"| {name} | {told['load']:.1f} s | {tries} s |"
