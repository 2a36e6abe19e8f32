"""The judge's commands: `python -m local_test VERB`; each verb is a module of this package."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

VERBS = {
    "run": "run an image, or the plain program, as the judge does",
    "judge": "check a submission's rows to the byte, then score them",
    "report": "one HTML file to look at: plots, timings and every meme",
    "compare": "submissions side by side: paired differences, and where they disagree",
    "doctor": "what this machine has, what works without the rest, and how to get it",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Hand the rest of the line to its verb; the process's exit code."""
    listed = "\n".join(f"  {verb:<9}{what}" for verb, what in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="python -m local_test",
        description=f"{(__doc__ or '').splitlines()[0]}\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=VERBS, metavar="VERB")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="see VERB --help")
    flags = parser.parse_args(argv)
    try:
        code = int(importlib.import_module(f"local_test.{flags.verb}").main(flags.rest))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ModuleNotFoundError as error:
        print(f"error: {error.name} is not installed; to get it: make test", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
