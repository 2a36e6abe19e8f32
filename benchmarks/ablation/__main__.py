"""The ablation: `python -m benchmarks.ablation --output DIR` prints one Markdown table.

Five parts of the system, each against the system without it, on held-out memes: Harm-C's
validation pictures, and memes drawn in four languages. DIR gets evidence.jsonl (what was read,
for a run that goes on; made anew for other weights), ablation.md and run.json.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.ablation.folders import Folders, find_folders
from benchmarks.ablation.memes import gather
from data_preparation.manifest import hash_inputs, unfinish, versions, write_manifest
from data_preparation.registry import corpora_dir
from model_package.errors import UserError
from model_package.loading import load
from model_package.profile import load_profile
from model_package.weights import weights_folder

LIBRARIES = ("torch", "transformers", "rapidocr", "onnxruntime", "tesserocr", "pillow")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        lines = run(flags)
    except (UserError, OSError) as error:
        print(f"ablation: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def run(flags: argparse.Namespace) -> list[str]:
    """Measure, and write everything into the output folder; the lines of the table."""
    start = time.monotonic()
    unfinish(flags.output)
    profile = load_profile(flags.profile)
    weights = weights_folder(profile, flags.weights)
    shipped = weights / profile.lm.folder
    folders = find_folders(shipped, Path("runs") / profile.name, flags.untuned, flags.full)
    memes = gather(corpora_dir(), flags.each, flags.seed)[: flags.limit]
    if len({meme.label for meme in memes}) < 2:
        raise UserError("these memes are all of one label; give a larger --limit")
    moderator = load(flags.profile, weights=flags.weights, device=flags.device)
    # After `load`, which silences the libraries that these import.
    from benchmarks.ablation import arms, evidence, table  # noqa: PLC0415

    key = evidence.fingerprint(profile, weights, flags.seed)
    seen = evidence.look(memes, moderator, flags.output, key)
    bench = arms.Bench(moderator, seen, flags.draws, flags.seed)
    answers = bench.arms(folders)
    found = list(table.rows(memes, answers, arms.comparisons(answers), flags.seed))
    lines = list(table.tables(found))
    (flags.output / "ablation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _finish(flags, folders, {"comparisons": found, "unparsed_share": bench.unparsed}, start)
    return lines


def _finish(
    flags: argparse.Namespace, folders: Folders, metrics: dict[str, Any], start: float
) -> None:
    settings = {name: getattr(flags, name) for name in ("profile", "each", "limit", "draws")}
    manifest = {
        "inputs": hash_inputs([*folders.files(), flags.output / "evidence.jsonl"]),
        "settings": {**settings, "seed": flags.seed},
        "metrics": metrics,
        "seconds": round(time.monotonic() - start, 1),
        "versions": versions(LIBRARIES),
    }
    write_manifest(flags.output, manifest)


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ablation", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for all that is made")
    parser.add_argument("--profile", default="pocket")
    parser.add_argument("--weights", help="folder of weights; the profile's own by default")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--untuned", type=Path, help="the LM before it was tuned")
    parser.add_argument("--full", type=Path, help="the tuned LM before it was quantized")
    parser.add_argument("--each", type=_whole, default=75, help="drawn memes a language")
    parser.add_argument("--limit", type=_whole, help="memes in all, for a quick look")
    parser.add_argument("--draws", type=_whole, default=5, help="of sampled answers")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
