"""What this machine has, what works without the rest, and how to get it.

Needs a Python and nothing else, installs nothing, and asks no network.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence

from local_test.checks import machine, materials, packages, programs
from local_test.checks.finding import MISSING, OK, Check, Finding, run_checks
from local_test.checks.prospects import lost, one_line, prospects

CHECKS = (
    Check("python", packages.python),
    Check("packages", packages.packages),
    Check("processors", machine.processors),
    Check("memory", machine.memory),
    Check("disk", lambda: machine.disk(packages.ROOT)),
    Check("gpu", machine.gpu),
    Check("torch's GPU", machine.torch_gpu, 100),
    Check("docker", programs.docker, 40),
    Check("fonts", materials.fonts),
    Check("tesseract", materials.tesseract),
    Check("rapidocr's models", materials.rapidocr),
    Check("weights", materials.weights, 300),  # hashes of gigabytes
    Check("corpora", materials.corpora),
    Check("chromium", programs.browser),
)
RUNTIME = ("python", "packages: runtime", "weights: pocket")


def main(argv: Sequence[str] | None = None) -> int:
    """Tell all on stdout; 1 where the runtime itself cannot run here as things are, else 0."""
    parser = argparse.ArgumentParser(prog="python -m local_test doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    flags = parser.parse_args(argv)
    findings = run_checks(CHECKS)
    print(as_json(findings) if flags.json else as_text(findings))
    return 0 if runs(findings) else 1


def runs(findings: Sequence[Finding]) -> bool:
    """Whether the runtime can score memes: all that it needs was found."""
    return not any(lost(findings, need) for need in RUNTIME)


def as_text(findings: Sequence[Finding]) -> str:
    """A line for each finding, and the summary."""
    wide = max(len(one.name) for one in findings)
    return "\n".join([*(_line(one, wide) for one in findings), one_line(prospects(findings))])


def _line(one: Finding, wide: int) -> str:
    told = [one.found, one.without, f"to get it: {one.cure}" if one.cure else ""]
    return f"{one.mark:<8}{one.name:<{wide}}  {'; '.join(filter(None, told))}"


def as_json(findings: Sequence[Finding]) -> str:
    """The same as one JSON object: `findings`, `commands`, `runtime`."""
    commands = [dataclasses.asdict(one) for one in prospects(findings)]
    told = {
        "findings": [dataclasses.asdict(one) for one in findings],
        "commands": commands,
        "runtime": OK if runs(findings) else MISSING,
    }
    return json.dumps(told, indent=1)


if __name__ == "__main__":
    sys.exit(main())
