"""The command line: flags, the environment variables that equal them, and their checks."""

import argparse
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from model_package.errors import UserError

PREFIX = "MEMESIEVE_"
DESCRIPTION = """\
Reads image paths on stdin, one a line, and writes one row a line on stdout: the probability
that the meme is harmful, a tab, and the label (1 harmful, 0 benign). Works without a network.
"""
EPILOG = """\
Every flag is also an environment variable: --time-limit is MEMESIEVE_TIME_LIMIT, and so on;
a flag beats its variable.

example: ls memes/*.png | python -m model_package > rows.tsv
"""


@dataclass(frozen=True)
class Options:
    """What the user asked for; see `--help` for the meaning of each."""

    profile: str = "pocket"
    policy: str | None = None
    weights: str | None = None
    device: str = "auto"
    time_limit: float | None = None
    evidence: str | None = None
    image_root: str | None = None

    def to_json(self) -> str:
        """For the worker process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Options":
        """What `to_json` wrote."""
        return cls(**json.loads(text))


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Options from flags, then the environment, then the defaults."""
    given = vars(_parser().parse_args(arguments))
    for name in given:
        if given[name] is None:
            given[name] = environment.get(PREFIX + name.upper()) or None
    given["time_limit"] = _seconds(given["time_limit"])
    options = Options(**{name: value for name, value in given.items() if value is not None})
    if options.image_root is not None and not Path(options.image_root).is_dir():
        raise UserError(f"the image root {options.image_root!r} is not a folder")
    if options.device not in ("auto", "cpu", "cuda"):
        raise UserError(f"device {options.device!r} is unknown; use auto, cpu or cuda")
    return options


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise UserError(f"the time limit {text!r} is not a number of seconds above 0")
    return seconds


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UserError(f"{message}; see --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m model_package",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--profile", metavar="NAME|FILE", help="models, engines and limits (default: pocket)")
    add("--policy", metavar="NAME|FILE", help="questions and views (default: the profile's own)")
    add("--weights", metavar="DIR", help="folder of weights (default: the profile's own)")
    add("--device", metavar="auto|cpu|cuda", help="where the models run (default: auto)")
    add("--time-limit", metavar="SECONDS", help="have ended before this (default: none)")
    add("--evidence", metavar="FILE", help="also write one JSON line a row, with what was seen")
    add("--image-root", metavar="DIR", help="refuse paths that resolve outside this folder")
    return parser
