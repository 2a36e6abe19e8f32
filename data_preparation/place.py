"""Where results go: refused before any work if nothing can be written there, written whole."""

import tempfile
from pathlib import Path

from model_package.errors import UserError


def prepare_folder(folder: Path) -> Path:
    """`folder`, made where it is missing; a `UserError` when no file can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"{folder}: no folder that can be written to: {why}") from error


def prepare_file(path: Path) -> Path:
    """`path`, its folder made; a `UserError` when it cannot be written."""
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file to write")
    prepare_folder(path.parent)
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
