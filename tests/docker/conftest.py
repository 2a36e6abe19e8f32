"""The image under test: the one that `make image` built from this tree."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SOURCES = ("model_package", "docker", "constraints.txt")


@pytest.fixture(scope="session")
def image() -> str:
    """The name that `make test-container` gives; else the default one, if it is there and new."""
    given = os.environ.get("MEMESIEVE_IMAGE")
    if given:
        return given
    name = "memesieve:pocket-cpu"
    reason = why_not(name, Path("build/image-" + re.sub("[:/]", "-", name)))
    if reason:
        pytest.skip(f"{reason}; make test-container")
    return name


def why_not(name: str, stamp: Path) -> str | None:
    """Why the image cannot stand for this tree, or None."""
    if not stamp.is_file():
        return "no image was built from this tree"
    newest = max(_files(), key=lambda path: path.stat().st_mtime)
    if newest.stat().st_mtime > stamp.stat().st_mtime:
        return f"the image is older than {newest}"
    line = ["docker", "image", "inspect", "--format", "{{.Id}}", name]
    try:
        asked = subprocess.run(line, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no docker command"
    return None if asked.stdout == stamp.read_text() else "no engine holds the image"


def _files() -> list[Path]:
    found = [path for top in SOURCES for path in [Path(top), *Path(top).rglob("*")]]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
