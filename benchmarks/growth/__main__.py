"""Growth: `python -m benchmarks.growth --output DIR` runs the command over more and more memes.

Runs of several lengths over distinct pictures with the real stages; then very many rows, and rows
of mixed input, damaged files among them, behind whose decoding the stages cost nothing. DIR gets
growth.json and growth.png. Exit code 1 where time is not linear or memory not flat, within a run
or from one length to another. Time is that of processors, which other work hardly moves.
"""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.growth.images import WIDTH, draw
from benchmarks.growth.measure import Run, across, run
from benchmarks.growth.mixed import lines, write
from benchmarks.growth.plot import plot
from model_package.errors import UserError

REAL, STUB = ["-m", "model_package"], ["-m", "benchmarks.growth.stub"]
DRAWN = 1000  # pictures at least, of which the rows with stub stages are made


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    runs: list[Run] = []
    faults: list[str] = []
    try:
        for one in _runs(flags):
            runs.append(one)
            faults = _judged(runs)
            _keep(flags.output, runs, faults)
    except (UserError, OSError, RuntimeError) as error:
        print(f"growth: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"growth: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _judged(runs: Sequence[Run]) -> list[str]:
    """What is wrong with each, and with the longer of those over memes beside the shorter."""
    lengths = [one for one in runs if "stub" not in one.name]
    return [fault for one in runs for fault in one.faults()] + across(lengths)


def _keep(folder: Path, runs: Sequence[Run], faults: Sequence[str]) -> None:
    """After each run, so that a stopped command leaves what it had found."""
    told = {"date": datetime.date.today().isoformat(), "load": os.getloadavg()[0]}
    told |= {"runs": [_told(one) for one in runs], "faults": list(faults)}
    (folder / "growth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    plot(runs, folder / "growth.png")


def _runs(flags: argparse.Namespace) -> Iterator[Run]:
    paths = _pictures(flags)
    print("| run | rows | seconds | processor s a row, first, second half", end=" | ")
    print("MiB, second, last quarter |")
    print("| --- " * 5 + "|")
    for size in flags.sizes:
        yield _one(f"{size} memes", REAL, paths[:size])
    if flags.stub_rows:
        yield _one(f"{flags.stub_rows} rows, stub stages", STUB, lines(paths, flags.stub_rows))
    if flags.mixed_rows:
        given = lines(write(flags.output / "mixed"), flags.mixed_rows)
        yield _one(f"{flags.mixed_rows} mixed rows, stub stages", STUB, given)


def _pictures(flags: argparse.Namespace) -> list[str]:
    return draw(flags.output / "images", max([DRAWN, *flags.sizes]), flags.width)


def _one(name: str, command: list[str], paths: Sequence[str]) -> Run:
    one = run(name, command, paths)
    (first, second), (early, late) = one.pace, one.memory
    cells = (f"{first:.5f}, {second:.5f}", f"{early:.0f}, {late:.0f}")
    print(f"| {name} | {one.rows} | {one.seconds:.1f} | {cells[0]} | {cells[1]} |", flush=True)
    return one


def _told(one: Run) -> dict[str, Any]:
    """points are thinned, so that the file stays small."""
    points = one.points[:: max(1, len(one.points) // 200)]
    told = {"name": one.name, "rows": one.rows, "seconds": one.seconds, "points": points}
    return told | {"processor_seconds_a_row": one.pace, "mib": one.memory}


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for all that is made")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[500, 2000, 8000], help="memes of each run"
    )
    parser.add_argument("--width", type=int, default=WIDTH, help="of a picture, in pixels")
    parser.add_argument("--stub-rows", type=int, default=100_000, help="0 for none")
    parser.add_argument("--mixed-rows", type=int, default=20_000, help="0 for none")
    return parser


if __name__ == "__main__":
    sys.exit(main())
