"""What a run is fed: `stdin.csv` in its folder, written from a folder of images or copied; and
the file for the evidence that it may leave.

Knows nothing of what reads it.
"""

import shutil
from pathlib import Path

from local_test.make_stdin import write_stdin
from model_package.errors import UserError

STDIN = "stdin.csv"
EVIDENCE = "evidence.jsonl"


def feed(given: Path | None, images: Path, output: Path, *, local: bool) -> Path:
    """The file to feed: a copy of `given`, or one line for each of `images`, as the container
    sees them, or, `local`, as they are on this machine. Raises `UserError`."""
    if not images.is_dir():
        raise UserError(f"--images {str(images)!r} is no folder")
    target = output / STDIN
    if given is not None:
        return _copy(given, target)
    if not write_stdin(images, output):
        raise UserError(f"--images {str(images)!r} holds no images")
    paths = output / "stdin_local.csv"
    if local:
        paths.replace(target)
    else:
        paths.unlink()
    return target


def evidence_file(output: Path) -> Path:
    """An empty file for evidence, to which the container's own user may write; what an earlier
    run left is gone."""
    file = output / EVIDENCE
    drop_evidence(output)
    file.touch()
    file.chmod(0o666)
    return file.resolve()


def drop_evidence(output: Path) -> None:
    """Remove what an earlier run left."""
    (output / EVIDENCE).unlink(missing_ok=True)


def _copy(given: Path, target: Path) -> Path:
    if not given.is_file():
        raise UserError(f"--stdin {str(given)!r} is no file")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not (target.exists() and target.samefile(given)):
        shutil.copyfile(given, target)
    return target
