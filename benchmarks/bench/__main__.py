"""The bench: `python -m benchmarks.bench --output DIR` races the project against the seed's loop.

(a) is the seed's algorithm (seed.py), (b) the real command, on the same weights and memes, round
by round. DIR gets bench.json, bench.md, the drawn memes and both sides' notes. Exit code 1 where
(b) answers a prompt of (a)'s otherwise, in fp32 and beyond 1e-4, or reads or ranks worse than (a).
"""

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.bench.memes import Sample, draw, read, rounds
from benchmarks.bench.side import Side
from data_preparation.registry import corpora_dir
from model_package.errors import UserError
from model_package.loading import load
from model_package.weights import weights_folder

WARM = 3  # memes before the clock runs


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        found = bench(flags)
    except (UserError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for fault in found["faults"]:
        print(f"bench: {fault}", file=sys.stderr)
    return 1 if found["faults"] else 0


def bench(flags: argparse.Namespace) -> dict[str, Any]:
    """Measure, write both files, print the page; everything that was found."""
    flags.output.mkdir(parents=True, exist_ok=True)
    samples = _memes(flags)
    laps = list(rounds(samples[WARM:], flags.repeat))
    moderator = load(flags.profile, weights=flags.weights, device=flags.device)
    # After `load`, which silences the libraries that these import.
    from benchmarks.bench import race, report, table, told  # noqa: PLC0415

    sides = _sides(flags)
    try:
        run = race.run(samples[:WARM], laps, told.Told(moderator), sides)
    finally:
        for side in sides:
            side.end()
    run.b = race.evidence(flags.output / "evidence.jsonl", 1 + 2 * (WARM - 1))
    folder = weights_folder(moderator.profile, flags.weights)
    raced = [sample for lap in laps for sample in lap]
    found = report.found(run, raced, moderator, folder, flags.dtype)
    found |= {
        "date": datetime.date.today().isoformat(),
        "profile": flags.profile,
        "laps": [asdict(lap) for lap in run.laps],
    }
    text = "\n".join(table.markdown(found)) + "\n"
    (flags.output / "bench.md").write_text(text, encoding="utf-8")
    (flags.output / "bench.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(text, end="")
    return found


def _memes(flags: argparse.Namespace) -> list[Sample]:
    if flags.images:
        found = read(flags.images, flags.labels, flags.rows + WARM)
    else:
        found = draw(flags.output / "memes", flags.rows + WARM, flags.seed, corpora_dir())
    if len(found) < WARM + flags.repeat:
        raise UserError(f"{len(found)} memes are too few; {WARM} warm up, and each round needs one")
    return found


def _sides(flags: argparse.Namespace) -> tuple[Side, Side]:
    common = ["--profile", flags.profile, "--device", flags.device]
    common += ["--weights", flags.weights] if flags.weights else []
    loop = ["-m", "benchmarks.bench.loop", *common, "--dtype", flags.dtype]
    evidence = str(flags.output / "evidence.jsonl")
    ours = ["-m", "model_package", *common, "--evidence", evidence]
    return (
        Side("a", loop, flags.output / "a.stderr"),
        Side("b", ours, flags.output / "b.stderr"),
    )


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bench", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for all that is made")
    parser.add_argument("--images", type=Path, help="a folder of memes; drawn ones by default")
    parser.add_argument("--labels", type=Path, help="CSV with image, label and perhaps text")
    parser.add_argument("--profile", default="pocket")
    parser.add_argument("--weights", help="folder of weights; the profile's own by default")
    parser.add_argument("--device", default="cpu", help="auto, cpu or cuda")
    parser.add_argument("--dtype", default="float32", help="of (a)'s language model")
    parser.add_argument("--rows", type=_whole, default=60, help="memes in all rounds together")
    parser.add_argument("--repeat", type=_whole, default=5, help="rounds")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
