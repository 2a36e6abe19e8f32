"""Which commands can work here, by what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local_test.checks.finding import MISSING, Finding
from local_test.checks.materials import of_recipe

READY, INSTALLS, LACKS = "ready", "installs", "lacks"
PYTHON = ("python", "venv")
POCKET = "weights: pocket"
TESTED = ("runtime", "train", "data", "dev", "download")


@dataclass(frozen=True)
class Prospect:
    """command: as typed. state: ready, installs (packages, first), or lacks. lacking: what."""

    command: str
    state: str
    lacking: tuple[str, ...] = ()


def prospects(findings: Sequence[Finding]) -> list[Prospect]:
    """What can be hoped of each command that the project is used by."""
    tools = ("font:", "tesseract:")
    learnt = [f"corpus: {name}" for name in of_recipe("pocket")]
    big = ("weights: ospc", "gpu", "torch's GPU")
    return [
        _one("make run", findings, [*PYTHON, POCKET], ["runtime"]),
        _one("make test", findings, [*PYTHON, POCKET, *tools], TESTED),
        _one("make run-container", findings, [*PYTHON, POCKET, "docker"], ["runtime"]),
        _one("make weights PROFILE=pocket", findings, [*PYTHON, *learnt, *tools], TESTED),
        _one("PROFILE=ospc", findings, [*PYTHON, *big], ["runtime"]),
    ]


def _one(
    command: str, findings: Sequence[Finding], needs: Iterable[str], sets: Iterable[str]
) -> Prospect:
    lacking = [name for need in needs for name in lost(findings, need)]
    if lacking:
        return Prospect(command, LACKS, tuple(lacking))
    packages = [name for one in sets for name in lost(findings, f"packages: {one}")]
    return Prospect(command, INSTALLS if packages else READY, tuple(packages))


def lost(findings: Iterable[Finding], need: str) -> list[str]:
    """Names of the findings that `need` means (by their beginning if it ends in a colon) and
    that are missing; `need` itself where its check found nothing at all."""
    prefix = need.endswith(":")
    meant = [one for one in findings if one.name == need or (prefix and one.name.startswith(need))]
    return [one.name for one in meant if one.mark == MISSING] if meant else [need.rstrip(":")]


def one_line(hopes: Iterable[Prospect]) -> str:
    """The summary: what works, what installs packages first, and what lacks what."""
    hopes = list(hopes)
    parts = []
    if ready := [one.command for one in hopes if one.state == READY]:
        parts.append(f"works here: {', '.join(ready)}")
    if first := [one.command for one in hopes if one.state == INSTALLS]:
        parts.append(f"works after installing its packages itself: {', '.join(first)}")
    if lacks := [
        f"{one.command} ({', '.join(one.lacking)})" for one in hopes if one.state == LACKS
    ]:
        parts.append(f"not yet: {', '.join(lacks)}")
    return "; ".join(parts)
