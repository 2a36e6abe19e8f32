"""Writes an image as the judge takes it, `docker save | gzip`; refuses one over the limit."""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from local_test.running.engine import LIMIT, require_engine
from model_package.errors import UserError

CHUNK = 2**20


def write(source: IO[bytes], target: Path, limit: int = LIMIT) -> int:
    """Copy `source` to `target`, telling how far it is; returns the bytes read.

    Past `limit` bytes it stops and leaves no file, as it does when anything goes wrong.
    """
    part = target.with_name(target.name + ".part")
    size, told = 0, time.monotonic()
    try:
        with part.open("wb") as file:
            while size <= limit and (chunk := source.read(CHUNK)):
                size += file.write(chunk)
                if time.monotonic() - told > 1:
                    told = time.monotonic()
                    print(f"\r  {size / 2**20:,.0f} MiB", end="", file=sys.stderr, flush=True)
        if size <= limit:
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return size


def main() -> int:
    """Save, compress, and say how large it is; exit code 1 when there is nothing to send."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="memesieve:pocket-cpu")
    parser.add_argument("--output", type=Path, default=Path("build/submission.tar.gz"))
    flags = parser.parse_args()
    try:
        require_engine()
        size = save(flags.image, flags.output)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{flags.output}: {size:,} bytes, {size / LIMIT:.1%} of what the judge takes")
    return 0


def save(image: str, output: Path) -> int:
    """`docker save image | gzip > output`; returns the file's bytes."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)
    zipper = "pigz" if shutil.which("pigz") else "gzip"
    print(f"saving {image} through {zipper}", file=sys.stderr)
    line = f'set -o pipefail; docker save "$0" | {zipper}'
    with subprocess.Popen(["bash", "-c", line, image], stdout=subprocess.PIPE) as saving:
        assert saving.stdout is not None
        size = write(saving.stdout, output)
    print(file=sys.stderr)
    if size > LIMIT:
        raise UserError(f"{image} is over {LIMIT / 2**30:.0f} GiB compressed; deleted")
    if saving.returncode:
        output.unlink(missing_ok=True)
        raise UserError(f"docker save {image} failed; deleted")
    return size


if __name__ == "__main__":
    sys.exit(main())
