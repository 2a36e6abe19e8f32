"""What a container has in use, by its cgroup's own figures, under either version of cgroups.

Knows no Docker: only where Linux keeps these figures, and which of them count.
"""

from collections.abc import Mapping
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
KINDS = ("active_anon", "inactive_anon", "unevictable")  # all but file cache; files in /tmp too


def find(pid: int, name: str, proc: Path = Path("/proc"), root: Path = ROOT) -> Path | None:
    """The memory figures of process `pid`, if its cgroup is called after `name`; None where they
    are out of reach, as for an engine in a virtual machine, whose numbers mean nothing here."""
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return None
    places = [root / _place(*line.split(":", 2)) / "memory.stat" for line in lines if name in line]
    return next((place for place in places if place.is_file()), None)


def _place(number: str, controllers: str, path: str) -> str:
    """Below the root: version 2 has one tree, version 1 one for each controller."""
    return path.lstrip("/") if number == "0" else f"{controllers}/{path.lstrip('/')}"


def read(file: Path) -> dict[str, int]:
    """The figures, in bytes; empty once the cgroup is gone."""
    try:
        words = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {key: int(value) for key, value in words}


def memory_mib(figures: Mapping[str, int]) -> float | None:
    """What no pressure on memory gives back; None where there are no figures."""
    kinds = [figures.get(f"total_{kind}", figures.get(kind)) for kind in KINDS]
    known = [kind for kind in kinds if kind is not None]
    return sum(known) / 2**20 if known else None
