"""Is the Python new enough, and are the packages there, in the versions of constraints.txt?

Reads pyproject.toml and constraints.txt alone; imports no package.
"""

import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from local_test.checks.finding import MISSING, NOTE, OK, Finding

ROOT = Path(__file__).parents[2]
OLDEST = (3, 11)
SETS = {  # what does without each set, and what installs it
    "runtime": ("without it nothing is scored", "make run"),
    "download": (
        "only make weights-download wants it; weights that are there need none",
        "make weights-download PROFILE=ospc",
    ),
    "data": ("scoring works; data sets cannot be made or cleaned", "make test"),
    "semantic": (
        "all but cleaning by meaning works: near-duplicates by letters are found still",
        "make test-all",
    ),
    "train": ("scoring works; weights cannot be trained, nor judged with plots", "make test"),
    "dev": ("all but the tests and make lint works", "make test"),
}
ELSE = ("the rest works", "make test")


def python() -> Iterator[Finding]:
    """The Python that runs this, and whether it can make environments."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < OLDEST
    cure = "Debian: sudo apt-get install python3" if old else ""
    without = "nothing works with one older than 3.11" if old else ""
    yield Finding("python", MISSING if old else OK, f"{version}, {sys.executable}", without, cure)
    if all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        yield Finding("venv", OK, "this Python makes environments")
    else:
        cure = "Debian: sudo apt-get install python3-venv"
        without = "an environment that is there works; make cannot make one"
        yield Finding("venv", MISSING, "this Python cannot make environments", without, cure)


def packages(root: Path = ROOT) -> Iterator[Finding]:
    """A line for each set of pyproject.toml: the packages that it names, against the pins."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sets = {"runtime": project["dependencies"], **project["optional-dependencies"]}
    pins = read_pins(root / "constraints.txt")
    for name, wanted in sets.items():
        yield _one(name, wanted, pins)


def _one(name: str, wanted: list[str], pins: dict[str, str]) -> Finding:
    without, make = SETS.get(name, ELSE)
    found = {package: installed(package) for package in wanted}
    lost = [package for package, version in found.items() if version is None]
    if lost:
        said = f"{len(found) - len(lost)} of {len(found)} are there; not {', '.join(lost)}"
        return Finding(f"packages: {name}", MISSING, said, without, _cure(lost, make))
    other = {one: have for one, have in found.items() if have != pins.get(normal(one), have)}
    if other:
        said = ", ".join(f"{one} {have} is not {pins[normal(one)]}" for one, have in other.items())
        pinned = " ".join(f"{one}=={pins[normal(one)]}" for one in other)
        cure = f"{sys.executable} -m pip install {pinned}"
        tested = "works perhaps; tested were the versions of constraints.txt alone"
        return Finding(f"packages: {name}", NOTE, said, tested, cure)
    return Finding(f"packages: {name}", OK, f"all {len(found)}, as constraints.txt pins them")


def _cure(lost: Iterable[str], make: str) -> str:
    if list(lost) != ["gptqmodel"]:
        return make
    return f"sudo apt-get install g++ python3-dev, then {make}: it compiles a part"


def read_pins(path: Path) -> dict[str, str]:
    """Versions by normal name, of a file of lines such as `torch==2.9.1`."""
    lines = re.findall(r"^([\w.-]+)==([^\s;#]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {normal(name): version for name, version in lines}


def normal(name: str) -> str:
    """The name of a package as PEP 503 has it, so that two spellings are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(package: str) -> str | None:
    """Its version, less the build's own mark (`+cpu`); None where it is not installed."""
    try:
        return importlib.metadata.version(package).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None
