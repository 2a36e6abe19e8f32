"""Growth: `python -m benchmarks.growth --output DIR` runs the command over more and more memes.

Distinct pictures in several sizes, then many rows with stages that cost nothing. DIR gets
growth.json and growth.png. Exit code 1 where time is not linear or memory not flat.
"""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.growth.images import draw
from benchmarks.growth.measure import Run, run
from benchmarks.growth.plot import plot
from model_package.errors import UserError

REAL, STUB = ["-m", "model_package"], ["-m", "benchmarks.growth.stub"]


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        runs = _runs(flags)
    except (UserError, OSError, RuntimeError) as error:
        print(f"growth: {error}", file=sys.stderr)
        return 2
    faults = [fault for one in runs for fault in one.faults()]
    told = {"date": datetime.date.today().isoformat(), "load": os.getloadavg()[0]}
    told |= {"runs": [_told(one) for one in runs], "faults": faults}
    (flags.output / "growth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    plot(runs, flags.output / "growth.png")
    for fault in faults:
        print(f"growth: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _runs(flags: argparse.Namespace) -> list[Run]:
    paths = draw(flags.output / "images", max(flags.sizes, default=0))
    print("| run | rows | seconds | s a row, first, second half | MiB, second, last quarter |")
    print("| --- " * 5 + "|")
    found = []
    for size in flags.sizes:
        found.append(_one(f"{size} memes", REAL, paths[:size]))
    if flags.stub_rows:
        lines = [f"/images/{number:06}.png" for number in range(flags.stub_rows)]
        found.append(_one(f"{flags.stub_rows} rows, stub stages", STUB, lines))
    return found


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
    return told | {"seconds_a_row": one.pace, "mib": one.memory}


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for all that is made")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[500, 2000, 8000], help="memes of each run"
    )
    parser.add_argument("--stub-rows", type=int, default=100_000, help="0 for none")
    return parser


if __name__ == "__main__":
    sys.exit(main())
