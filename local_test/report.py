"""One HTML file to look at: plots, timings, and every meme of an evidence file.

Knows how its parts are put together (reporting/); each of them knows one thing.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_preparation.place import prepare_file, write_whole
from local_test.reporting.contents import contents, notes
from local_test.reporting.evidence_file import read_evidence
from local_test.reporting.figures import read_run
from local_test.reporting.page import page
from local_test.reporting.thumbnails import thumbnails
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
    parser.add_argument("--evidence", type=Path, required=True, metavar="FILE")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="what the memes are")
    parser.add_argument("--run", type=Path, metavar="DIR", help="of `local_test run`: its memory")
    parser.add_argument("--images", type=Path, metavar="DIR", help="where the pictures lie here")
    parser.add_argument("--no-images", action="store_true", help="leave all pictures out")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE.html")
    return parser


def _report(flags: argparse.Namespace) -> None:
    output = prepare_file(flags.output)
    if flags.images and not flags.images.is_dir():
        raise UserError(f"{flags.images} is no folder; name the one that holds the pictures")
    rows, was_cut = read_evidence(flags.evidence)
    truth = read_truth(flags.labels, rows)
    run = read_run(flags.run) if flags.run else None
    data = contents(rows, truth) | {
        "source": f"{flags.evidence.name}, {len(rows)} memes",
        "notes": notes(rows, truth, was_cut),
        "run": run,
        "pictures": not flags.no_images,
    }
    pictures = [] if flags.no_images else _pictures(rows, flags.images)
    write_whole(output, page(data, pictures))


def _pictures(rows: Sequence[Prediction], folder: Path | None) -> list[str]:
    """Thumbnails of `rows`, said on stderr as they are made, and how many could not be."""
    progress = Progress(_say)
    made = []
    for picture in thumbnails([row.path for row in rows], folder):
        made.append(picture)
        progress.add(1)
    missing = sum(not picture for picture in made)
    if missing:
        cure = "" if folder else "; --images DIR says where they lie"
        _say(f"{missing} of {len(rows)} pictures could not be read{cure}")
    return made


def _say(message: str, final: bool = False) -> None:
    print(f"pictures: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
