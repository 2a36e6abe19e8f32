"""Runs an image as the judge does, under the contract's flags, and checks the rows it wrote.

Knows nothing of models: only Docker's command line and the form of a row. `stdout.csv` and
`stderr.csv` are left in the output folder.
"""

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from local_test.make_stdin import write_stdin
from model_package.contract import split_lines
from model_package.errors import UserError

SAMPLES = Path("local_test/test_images")
NETWORK = "exec_env_jail_network"
SUBNET = "172.20.0.0/16"
ROW = re.compile(rb"(0\.\d{4}|1\.0000)\t[01]")
HARDENING = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges")


@dataclass(frozen=True)
class Run:
    """What one run left: its exit code, both streams whole, and the seconds until it had ended."""

    code: int
    stdout: bytes
    stderr: bytes
    seconds: float


def command(image: str, images: Path, *, gpu: bool, extra: tuple[str, ...] = ()) -> list[str]:
    """The guide's own command, and `--rm`; `--gpus` only where there is one, then `extra` flags."""
    mount = f"type=bind,source={images.resolve()},target=/images,readonly"
    tmp = "type=tmpfs,destination=/tmp,tmpfs-size=5368709120,tmpfs-mode=1777"
    return [
        *("docker", "run", "--init", "--rm"),
        *("--attach", "stdin", "--attach", "stdout", "--attach", "stderr"),
        *("--cpus", "2", *(("--gpus", "device=0") if gpu else ())),
        *("--memory", "4g", "--memory-swap", "0"),
        *("--ulimit", "nproc=1024", "--ulimit", "nofile=1024"),
        *("--network", NETWORK, "--read-only"),
        *("--mount", mount, "--mount", tmp),
        *("--interactive", *extra, image),
    ]


def run(image: str, images: Path, stdin: Path, output: Path, *, extra: tuple[str, ...] = ()) -> Run:
    """Feed the file `stdin` to `image`; its streams become files in `output`, as the judge's do."""
    ensure_network()
    output.mkdir(parents=True, exist_ok=True)
    out, err = output / "stdout.csv", output / "stderr.csv"
    start = time.monotonic()
    with stdin.open("rb") as source, out.open("wb") as rows, err.open("wb") as log:
        line = command(image, images, gpu=has_gpu(), extra=extra)
        code = subprocess.run(line, stdin=source, stdout=rows, stderr=log, check=False).returncode
    return Run(code, out.read_bytes(), err.read_bytes(), time.monotonic() - start)


def fault(stdin: bytes, done: Run) -> str | None:
    """Why the judge would refuse this run, or None."""
    if done.code:
        return f"exit code {done.code}"
    lines, rest = split_lines(stdin)
    expected = len(lines) + bool(rest)
    *rows, end = done.stdout.split(b"\n")
    if end:
        return "the last row has no line end"
    wrong = [number for number, row in enumerate(rows, 1) if not ROW.fullmatch(row)]
    if wrong:
        return f"row {wrong[0]} is not PROBA<tab>LABEL"
    if len(rows) != expected:
        return f"{len(rows)} rows for {expected} lines"
    return None


def ensure_network() -> None:
    """Make the jail's network, from which nothing outside can be reached, unless it is there."""
    if _quiet("docker", "network", "inspect", NETWORK):
        return
    line = ["docker", "network", "create", "--driver", "bridge", "--internal"]
    made = subprocess.run(
        [*line, "--subnet", SUBNET, NETWORK], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise UserError(f"network {NETWORK}, {SUBNET}: {made.stderr.strip()}")


def has_gpu() -> bool:
    """Whether NVIDIA's driver answers on this machine."""
    return _quiet("nvidia-smi", "-L")


def require_engine() -> None:
    """Raise `UserError`, with the cure, when no Docker engine answers."""
    asked = subprocess.run(["docker/engine.sh"], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise UserError(asked.stderr.strip().removeprefix("error: "))


def _quiet(*line: str) -> bool:
    try:
        return subprocess.run(line, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def main() -> int:
    """Run, and say in one line whether the judge would take it; exit code 1 when not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--image", default="memesieve:pocket-cpu")
    parser.add_argument("--images", type=Path, default=SAMPLES, help="folder that is /images")
    parser.add_argument("--stdin", type=Path, help="default: a line for each of the images")
    parser.add_argument("--output", type=Path, default=Path("local_test/test_output"))
    flags = parser.parse_args()
    try:
        require_engine()
        flags.stdin = flags.stdin or list_images(flags.images, flags.output)
        print(f"running {flags.image} in the jail", file=sys.stderr)
        done = run(flags.image, flags.images, flags.stdin, flags.output)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    wrong = fault(flags.stdin.read_bytes(), done)
    print(verdict(wrong, done, flags.output))
    return 1 if wrong else 0


def list_images(images: Path, output: Path) -> Path:
    """A stdin file, in `output`, that names every image of a folder as the container sees it."""
    if not images.is_dir() or not write_stdin(images, output):
        raise UserError(f"{images} is no folder with images")
    return output / "stdin.csv"


def verdict(wrong: str | None, done: Run, output: Path) -> str:
    """One line for a person."""
    rows, log = done.stdout.count(b"\n"), len(done.stderr)
    facts = f"{rows} rows in {done.seconds:.1f} s, {log} bytes of log, both in {output}"
    fallbacks = re.search(rb"(\d+) of them fallbacks", done.stderr)
    if fallbacks:
        facts += f"; {int(fallbacks[1])} OF THEM ARE FALLBACKS, see stderr.csv"
    return f"REFUSED: {wrong}; {facts}" if wrong else f"accepted: {facts}"


if __name__ == "__main__":
    sys.exit(main())
