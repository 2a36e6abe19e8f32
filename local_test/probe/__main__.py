"""Writes the functional exam as records: `python -m local_test.probe --output probe.jsonl`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_preparation.record import write_records
from local_test.probe import LANGUAGES, read_probe
from model_package.errors import UserError


def main(argv: Sequence[str] | None = None) -> int:
    """Write the rows of the languages asked for; 2 when a place cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m local_test.probe", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines to write")
    parser.add_argument("--language", choices=LANGUAGES, nargs="+", default=LANGUAGES)
    flags = parser.parse_args(argv)
    try:
        rows = [row for language in flags.language for row in read_probe(language)]
        write_records(flags.output, rows)
    except (UserError, OSError) as error:
        print(f"probe: {error}", file=sys.stderr)
        return 2
    harmful = sum(row.label or 0 for row in rows)
    print(f"{len(rows)} rows, {harmful} of them harmful, in {flags.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
