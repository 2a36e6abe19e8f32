"""One GPU, full size: `python -m benchmarks.bench_gpu --output DIR` makes models and measures them.

A BLIP base and a Mistral 7B in GPTQ 4-bit, both of random weights, caption and score drawn memes
whose words are given: (a) as the seed does, (b) as the project does, by turns. DIR gets the models,
the memes, bench_gpu.json and bench_gpu.md. Exit code 1 where a target is missed, 2 without a GPU.
"""

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.bench_gpu import shapes
from model_package.errors import UserError

TIMES, SHARE = 30.0, 0.55  # the targets: of the seed's speed, and of the ceiling


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        found = _bench(flags)
    except (UserError, OSError) as error:
        print(f"bench-gpu: {error}", file=sys.stderr)
        return 2
    for fault in found["faults"]:
        print(f"bench-gpu: {fault}", file=sys.stderr)
    return 1 if found["faults"] else 0


def _bench(flags: argparse.Namespace) -> dict[str, Any]:
    device = _device(flags.shape)
    flags.output.mkdir(parents=True, exist_ok=True)
    # After the check, for they take seconds.
    from benchmarks.bench_gpu import measure, report  # noqa: PLC0415

    found = measure.everything(flags, shapes.chosen(flags), device)
    found["date"] = datetime.date.today().isoformat()
    found["faults"] = report.faults(found, flags.times, flags.share)
    text = "\n".join(report.markdown(found)) + "\n"
    (flags.output / "bench_gpu.md").write_text(text, encoding="utf-8")
    told = json.dumps({**found, "shape": asdict(shapes.chosen(flags))}, indent=1)
    (flags.output / "bench_gpu.json").write_text(told + "\n", encoding="utf-8")
    print(text, end="")
    return found


def _device(shape: str) -> str:
    import torch  # noqa: PLC0415 - takes a second

    if torch.cuda.is_available():
        if find_spec("gptqmodel") is None:
            raise UserError("the seed's loop runs on GPTQModel's kernels; run: make bench-gpu")
        return "cuda"
    if shape == "tiny":
        return "cpu"
    raise UserError("torch finds no GPU; to try the command itself on a CPU, add: --shape tiny")


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bench_gpu", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for all that is made")
    parser.add_argument("--memes", type=int, default=1024, help="in all rounds together")
    parser.add_argument("--few", type=int, default=8, help="memes of a round that (a) answers")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kernel", default="auto", help="of (b): auto, unpack, packed, gptqmodel")
    parser.add_argument("--times", type=float, default=TIMES, help="the seed's speed to reach")
    parser.add_argument("--share", type=float, default=SHARE, help="of the ceiling to reach")
    shapes.add_flags(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
