"""Verb: would the judge take these rows, and how good are they?

    python -m local_test judge --stdin stdin.csv --stdout stdout.csv --labels labels.csv

The form comes first, to the byte: one fault, and the submission is refused (exit code 1).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data_preparation.place import prepare_file, write_whole
from local_test.bootstrap import DRAWS
from local_test.form import Fault
from local_test.scoring import REFUSED, measured, overview, read_bytes, read_rows, read_truth
from local_test.tables import measures
from model_package.errors import UserError

RULE = """\
Judged by AUROC of the printed probabilities, a tie counting half; the accuracy of the printed
labels breaks ties between entrants. In brackets: 95 % of {draws} bootstrap draws of the rows, those
of one `group` in the labels together."""


def report(found: Mapping[str, Any]) -> Iterator[str]:
    """What was found, for people."""
    count = found["rows"]
    yield f"accepted: {count} rows, one for each line of stdin"
    if count:
        share = found["called_harmful"] / count
        yield f"called harmful: {found['called_harmful']} of {count} ({share:.1%})"
        yield "probabilities: {:.4f} to {:.4f}, quartiles {:.4f}, {:.4f}, {:.4f}".format(
            *(found["quartiles"][n] for n in (0, 4, 1, 2, 3))
        )
        yield f"exactly the fallback row, 0.5000 and 0: {found['fallbacks']}"
    if "labels" in found:
        yield from _measures(found["labels"])


def _measures(labels: Mapping[str, Any]) -> Iterator[str]:
    if labels["unlabelled"] or labels["unused_labels"]:
        left = f"{labels['unlabelled']} rows have no label"
        yield f"left out: {left}; {labels['unused_labels']} labels are for no row"
    if labels["all"] is None:
        return
    yield ""
    yield from measures({"all": labels["all"]})
    for kind, slices in labels["slices"].items():
        if slices:
            yield from ("", f"by {kind}", *measures(slices))
    if labels["all"]["auroc"] is None:
        yield f"AUROC needs both classes: {labels['all']['note']}"
    yield "\n" + RULE.format(draws=labels["draws"])


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_test judge", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--stdin", type=Path, required=True, help="the lines that were asked")
    parser.add_argument("--stdout", type=Path, required=True, help="the rows that were answered")
    parser.add_argument("--labels", type=Path, help="JSON Lines, CSV or TSV with a header, or 0/1")
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"of the bootstrap ({DRAWS})")
    parser.add_argument("--output", type=Path, help="JSON to write")
    return parser.parse_args(argv)


def judge(
    stdin_file: Path, stdout: Path, labels: Path | None = None, draws: int = DRAWS
) -> dict[str, Any]:
    """All there is to say of a submission; a `UserError` when a file cannot be used."""
    stdin = read_bytes(stdin_file)
    truth = read_truth(labels, stdin)
    rows = read_rows(stdin, stdout)
    if isinstance(rows, Fault):
        return {"status": REFUSED, "detail": str(rows), **asdict(rows)}
    found = {"status": "OK", **overview(rows)}
    return {**found, "labels": measured(rows, truth, draws)} if labels else found


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 1 for a submission that would be refused, 2 for the user's mistake."""
    flags = _parse(argv)
    try:
        if flags.draws < 1:
            raise UserError(f"--draws {flags.draws}: give 1 or more")
        output = prepare_file(flags.output) if flags.output else None
        found = judge(flags.stdin, flags.stdout, flags.labels, flags.draws)
    except UserError as error:
        print(f"judge: {error}", file=sys.stderr)
        return 2
    if output:
        write_whole(output, json.dumps(found, indent=2) + "\n")
    if found["status"] != "OK":
        print(f"{found['status']}: {found['detail']}")
        return 1
    print("\n".join(report(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
