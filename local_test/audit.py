"""Asks whether any pinned package has a known vulnerability, by pip-audit over constraints.txt.

Where the data cannot be reached it says so in one line and exits 0: a machine without a network
proves nothing either way. Findings are printed, and the exit code is 1.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

UNREACHED = "audit: the vulnerability data cannot be reached from here; nothing was checked"


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing is known or nothing can be known, 1 for findings, 2 for no such file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requirements", type=Path, default=Path("constraints.txt"))
    flags = parser.parse_args(arguments)
    if not flags.requirements.is_file():
        print(f"error: there is no file {str(flags.requirements)!r}", file=sys.stderr)
        return 2
    line = command(flags.requirements)
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    told, code = judge(done.stdout)
    print(told)
    return code


def command(requirements: Path) -> list[str]:
    """pip-audit on pins alone: nothing is resolved, and nothing is installed."""
    line = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps"]
    return [*line, "--disable-pip", "--progress-spinner=off", "--timeout=10", "--format=json"]


def judge(report: str) -> tuple[str, int]:
    """What to say of pip-audit's JSON report, and the exit code; empty where it gave up.

    A package that the data does not know is counted, not held against anybody; an index that
    knows none of them is a mirror without the data.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except ValueError:
        return UNREACHED, 0
    checked = [one for one in packages if "skip_reason" not in one]
    if not checked:
        return UNREACHED, 0
    found = [f"{one['name']} {one['version']}: {_names(one)}" for one in checked if one["vulns"]]
    skipped = len(packages) - len(checked)
    unknown = f", {skipped} are unknown to the data" if skipped else ""
    total = f"audit: {len(checked)} packages checked{unknown}; {len(found)} with known faults"
    return "\n".join([*found, total]), int(bool(found))


def _names(package: dict[str, Any]) -> str:
    mended = [(one["id"], ", ".join(one["fix_versions"])) for one in package["vulns"]]
    return "; ".join(f"{name}, mended in {fix or 'no version yet'}" for name, fix in mended)


if __name__ == "__main__":
    sys.exit(main())
