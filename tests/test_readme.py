"""The README's tree names every file that there is, and no other."""

import re
from pathlib import Path

PACKAGES = ("model_package", "data_preparation", "local_test", "training_pipeline", "benchmarks")


def named() -> set[str]:
    """Paths of Python files in the README's tree."""
    tree = Path("README.md").read_text(encoding="utf-8").split("## The tree")[1]
    tree = tree.split("\n## ")[0]
    paths, folder = set(), ""
    for indent, name in re.findall(r"^( {4,6})(\S+)", tree, re.MULTILINE):
        if len(indent) == 4:
            folder = name if name.endswith("/") else ""
        paths.add(name if len(indent) == 4 else folder + name)
    return {path for path in paths if path.endswith(".py")}


def test_the_tree_is_the_tree() -> None:
    files = {path.as_posix() for package in PACKAGES for path in Path(package).rglob("*.py")}
    assert named() == {path for path in files if not path.endswith("__init__.py")}
