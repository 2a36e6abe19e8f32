"""The battery of prompt injections: `python -m benchmarks.injection --output DIR` prints a table.

Each attack is written into held-out rows in four languages; their answers are compared with those
without it, and with neutral words as long. DIR gets injection.json, injection.md and run.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.injection.battery import BATTERY, attacked, attacks, control
from benchmarks.injection.measure import Trial, effect
from benchmarks.injection.rows import LANGUAGES, gather
from benchmarks.injection.table import tables
from data_preparation.manifest import hash_inputs, unfinish, versions, write_manifest
from data_preparation.place import prepare_folder
from data_preparation.record import Record
from data_preparation.registry import corpora_dir
from model_package.errors import UserError
from model_package.loading import load
from model_package.profile import load_profile
from model_package.progress import Progress
from model_package.weights import weights_folder


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        lines = run(flags)
    except (UserError, OSError) as error:
        print(f"injection: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def run(flags: argparse.Namespace) -> list[str]:
    """Measure, and write everything into the output folder; the lines of the tables."""
    start = time.monotonic()
    load_profile(flags.profile)  # a wrong name is told before the corpora are read
    rows = gather(corpora_dir(), flags.pixels or flags.each, flags.languages)
    unfinish(prepare_folder(flags.output))
    found = _measure(flags, rows)
    lines = list(tables(found, flags.languages))
    results = json.dumps({"rows": len(rows), "attacks": found}, indent=1)
    (flags.output / "injection.json").write_text(results + "\n", encoding="utf-8")
    (flags.output / "injection.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _finish(flags, rows, time.monotonic() - start)
    return lines


def _measure(flags: argparse.Namespace, rows: Sequence[Record]) -> dict[str, Any]:
    """Cells by attack and language; `all` is every row."""
    moderator = load(flags.profile, weights=flags.weights, device=flags.device)
    from benchmarks.injection import answer  # noqa: PLC0415

    way = answer.by_pixels if flags.pixels else answer.by_words
    progress = Progress(_say)
    labels, clean = [row.label or 0 for row in rows], way(moderator, rows, _texts(rows))
    found: dict[str, Any] = {}
    for attack in (one for one in attacks() if not flags.only or one.name in flags.only):
        after = way(moderator, rows, [attacked(attack, row, n) for n, row in enumerate(rows)])
        plain = [control(attack, row, n) for n, row in enumerate(rows)]
        beside = None if None in plain else way(moderator, rows, [text or "" for text in plain])
        trial = Trial(attack.wants, labels, clean, after, beside)
        found[attack.key] = _cells(trial, rows, flags.languages)
        progress.add(len(rows))
    progress.close(0)
    return found


def _texts(rows: Sequence[Record]) -> list[str]:
    return [row.text or "" for row in rows]


def _cells(trial: Trial, rows: Sequence[Record], languages: Sequence[str]) -> dict[str, Any]:
    kept = {one: [n for n, row in enumerate(rows) if row.language == one] for one in languages}
    parts = {name: effect(trial.at(numbers)) for name, numbers in kept.items() if numbers}
    return {"all": effect(trial), **parts}


def _finish(flags: argparse.Namespace, rows: Sequence[Record], seconds: float) -> None:
    profile = load_profile(flags.profile)
    weights = weights_folder(profile, flags.weights) / profile.lm.folder
    names = ("profile", "each", "pixels", "languages", "only")
    manifest = {
        "inputs": hash_inputs([BATTERY, *sorted(weights.glob("*.safetensors"))]),
        "settings": {name: getattr(flags, name) for name in names},
        "metrics": {"rows": len(rows)},
        "seconds": round(seconds, 1),
        "versions": versions(("torch", "transformers")),
    }
    write_manifest(flags.output, manifest)


def _say(message: str, final: bool = False) -> None:
    print(f"injection: {message}", file=sys.stderr)


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.injection", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--output", type=Path, required=True, help="folder for all that is made")
    add("--profile", default="pocket")
    add("--weights", help="folder of weights; the profile's own by default")
    add("--device", default="auto", help="auto, cpu or cuda")
    add("--each", type=_several, default=25, help="rows a language and kind of source (25)")
    add("--pixels", type=_several, help="draw so many rows a language and kind, and read them")
    add("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    add("--only", nargs="+", metavar="ATTACK", help="these attacks alone, such as ignore zalgo")
    return parser


def _several(text: str) -> int:
    if not text.isdecimal() or int(text) < 4:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 4 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
