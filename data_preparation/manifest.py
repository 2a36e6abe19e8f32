"""A stage's manifest, run.json, written last: what went in, with which settings, what came out.

Data and training stages share it; knows nothing of what a stage does.
"""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from model_package.errors import UserError

MANIFEST = "run.json"
NAMED = 100  # files that a manifest names one by one


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write `manifest` into `folder`, whole or not at all, its keys in order."""
    unfinished = folder / f"{MANIFEST}.part"
    text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(folder / MANIFEST)


def unfinish(folder: Path) -> None:
    """Make `folder` where it is missing, and take its manifest away: work on it begins."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)


def hash_files(paths: Iterable[Path]) -> dict[str, str]:
    """The sha256 of each file, in hexadecimal, by its path as given."""
    return {str(path): hash_file(path) for path in paths}


def hash_inputs(paths: Iterable[Path]) -> dict[str, str]:
    """As `hash_files`, of the files that exist; those after the first `NAMED` share one hash."""
    there = [path for path in paths if path.is_file()]
    if len(there) <= NAMED:
        return hash_files(there)
    others = json.dumps(hash_files(there[NAMED:])).encode()
    rest = {f"and {len(there) - NAMED} more": hashlib.sha256(others).hexdigest()}
    return hash_files(there[:NAMED]) | rest


def hash_file(path: Path) -> str:
    """The file's sha256, in hexadecimal."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error}") from error


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """Of Python and of `libraries`, by their names in the package index; `absent` if they are."""
    return {"python": platform.python_version(), **{name: _version(name) for name in libraries}}


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
