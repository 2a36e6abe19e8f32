"""Start-up: `python -m benchmarks.startup` times the first row against the bare cost of it.

By turns: the real command up to its first row, and a plain script that imports what the profile
needs and reads its weights (bare.py). Exit code 1 where the first takes more than `--most` times
the second; `--output FILE` keeps all that was measured as JSON.
"""

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench.machine import load
from benchmarks.bench.side import Side
from model_package.errors import UserError
from model_package.profile import load_profile
from model_package.weights import check_present, weights_folder

SAMPLES = Path("local_test/test_images")


@dataclass(frozen=True)
class Took:
    """Seconds of one run on the clock, and on all processors together."""

    seconds: float
    processor: float


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        found = measure(flags.profile, flags.weights, flags.image, flags.rounds)
    except (UserError, OSError) as error:
        print(f"startup: {error}", file=sys.stderr)
        return 2
    for line in table(found):
        print(line)
    if flags.output:
        flags.output.parent.mkdir(parents=True, exist_ok=True)
        flags.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    fault = too_slow(found, flags.most)
    if fault:
        print(f"startup: {fault}", file=sys.stderr)
    return 1 if fault else 0


def measure(profile: str, weights: str | None, image: Path, rounds: int) -> dict[str, Any]:
    """`rounds` of both by turns, after one that does not count."""
    settings = load_profile(profile)
    folder = weights_folder(settings, weights)
    check_present(folder, settings)
    flags = ["--profile", profile, "--weights", str(folder), "--device", "cpu"]
    commands = {
        "bare": ["benchmarks.startup.bare", str(folder)],
        "command": ["model_package", *flags],
    }
    laps: list[dict[str, Took]] = []
    for _ in range(rounds + 1):
        laps.append({name: _took(name, one, image) for name, one in commands.items()})
        print(f"{_told(laps[-1])}; load {load()}", file=sys.stderr)
    counted = laps[1:]
    return {
        "date": datetime.date.today().isoformat(),
        "load": load(),
        "rounds": [{name: asdict(took) for name, took in lap.items()} for lap in counted],
        "ratio": ratio(counted, "seconds"),
        "processor_ratio": ratio(counted, "processor"),
    }


def _took(name: str, command: list[str], image: Path) -> Took:
    """Until the first line of output."""
    with tempfile.TemporaryDirectory() as notes:
        side = Side(name, ["-m", *command], Path(notes) / "stderr")
        try:
            seconds = side.first(str(image))
            return Took(seconds, side.processor_seconds())
        finally:
            side.end()


def ratio(laps: Sequence[dict[str, Took]], what: str) -> dict[str, float]:
    """Of the command to the bare cost: of the medians, and the least and most of one round."""
    each = [getattr(lap["command"], what) / getattr(lap["bare"], what) for lap in laps]
    both = [median(getattr(lap[name], what) for lap in laps) for name in ("command", "bare")]
    return {"median": both[0] / both[1], "least": min(each), "most": max(each)}


def too_slow(found: dict[str, Any], most: float) -> str:
    """What is wrong; empty where nothing is."""
    times = float(found["ratio"]["median"])
    told = f"the first row took {times:.2f} times the bare cost, above {most}"
    return told if times > most else ""


def table(found: dict[str, Any]) -> list[str]:
    """Markdown."""
    lines = ["| seconds | clock, each round | processors, each round |", "| --- | --- | --- |"]
    for name in ("bare", "command"):
        took = [lap[name] for lap in found["rounds"]]
        cells = (", ".join(f"{one[kind]:.2f}" for one in took) for kind in ("seconds", "processor"))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    cells = (
        f"{found[kind]['median']:.2f} ({found[kind]['least']:.2f} - {found[kind]['most']:.2f})"
        for kind in ("ratio", "processor_ratio")
    )
    return [*lines, f"| command / bare | {' | '.join(cells)} |"]


def _told(lap: dict[str, Took]) -> str:
    return ", ".join(f"{name} {took.seconds:.2f} s" for name, took in lap.items())


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.startup", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--profile", default="pocket")
    parser.add_argument("--weights", help="folder of weights; the profile's own by default")
    parser.add_argument("--image", type=Path, default=min(SAMPLES.glob("*.png"), default=None))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=float, default=1.3, help="times the bare cost")
    parser.add_argument("--output", type=Path, help="a JSON file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
