"""One HTML file to look at: plots, timings, and every meme of an evidence file.

Knows how its parts are put together (reporting/); each of them knows one thing.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_preparation.place import prepare_file, write_whole
from local_test.form import count_lines
from local_test.reporting.contents import contents, notes
from local_test.reporting.evidence_file import read_evidence
from local_test.reporting.figures import read_memory
from local_test.reporting.page import page
from local_test.reporting.run_folder import (
    at_home,
    evidence_of,
    labels_of,
    likely_thresholds,
    read_manifest,
    rows_of,
    stdin_of,
)
from local_test.reporting.thumbnails import place, thumbnails
from local_test.reporting.truth import read_truth
from model_package.errors import UserError
from model_package.evidence import Prediction
from model_package.progress import Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Write the report; 2 for a user's mistake, with one line that says the cure."""
    flags = _parser().parse_args(argv)
    try:
        _report(flags)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(flags.output)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_test report", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--run", type=Path, metavar="DIR", help="of `local_test run`: all that it left is found")
    add("--evidence", type=Path, metavar="FILE", help="of `python -m model_package --evidence`")
    add("--labels", type=Path, metavar="FILE", help="what the memes are")
    add("--images", type=Path, metavar="DIR", help="where the pictures lie here")
    add(
        "--threshold",
        type=float,
        metavar="T",
        help="to begin with; default: the rows' own",
    )
    add("--no-images", action="store_true", help="leave all pictures out")
    add("--output", type=Path, metavar="FILE.html", help="default: report.html in the run's folder")
    return parser


def _report(flags: argparse.Namespace) -> None:
    """Write what `flags`, completed by the run's folder, ask for."""
    if flags.images and not flags.images.is_dir():
        raise UserError(f"{flags.images} is no folder; name the one that holds the pictures")
    if flags.threshold is not None and not 0 <= flags.threshold <= 1:
        raise UserError(f"--threshold {flags.threshold:g} is no probability; give 0 to 1")
    run = read_manifest(flags.run) if flags.run else {}
    asked = stdin_of(flags.run) if flags.run and not flags.evidence else b""
    _complete(flags, run)
    output = prepare_file(flags.output)
    rows, was_cut = read_evidence(flags.evidence) if flags.evidence else (rows_of(flags.run), False)
    truth = read_truth(flags.labels, rows, asked)
    data = contents(rows, truth, likely_thresholds()) | {
        "source": f"{(flags.evidence or flags.run).name}, {len(rows)} memes",
        "notes": notes(rows, truth, was_cut, count_lines(asked)),
        "run": {**run, "memory": read_memory(flags.run)} if flags.run else None,
        "pictures": not flags.no_images,
    }
    if flags.threshold is not None:
        data["threshold"] = flags.threshold
    pictures = [] if flags.no_images else _pictures(_places(rows, flags.images, run))
    write_whole(output, page(data, pictures))


def _complete(flags: argparse.Namespace, run: Mapping[str, Any]) -> None:
    """Take from the run's folder what no flag names, and say so."""
    if not flags.run and not (flags.evidence and flags.output):
        raise UserError("give --run DIR, or --evidence FILE and --output FILE.html")
    if flags.run and not flags.evidence:
        flags.evidence = evidence_of(flags.run)
        _say(f"{flags.evidence or 'no evidence lies there, so rows alone'}", what="rows")
    if flags.run and not flags.labels and (found := labels_of(run)):
        flags.labels = found
        _say(str(found), what="labels")
    flags.output = flags.output or flags.run / "report.html"


def _places(rows: Sequence[Prediction], folder: Path | None, run: Mapping[str, Any]) -> list[str]:
    """Where the pictures of `rows` lie: in `folder` by name, or where the run had them."""
    return [place(row.path, folder) for row in rows] if folder else at_home(rows, run)


def _pictures(paths: Sequence[str]) -> list[str]:
    """Thumbnails of `paths`, said on stderr as they are made, and how many could not be."""
    progress = Progress(_say)
    made = []
    for picture in thumbnails(paths):
        made.append(picture)
        progress.add(1)
    missing = sum(not picture for picture in made)
    if missing:
        _say(f"{missing} of {len(paths)} could not be read; --images DIR says where they lie")
    return made


def _say(message: str, final: bool = False, what: str = "pictures") -> None:
    print(f"{what}: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
