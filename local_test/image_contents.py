"""Prints what an image holds, as JSON; runs in the image, by its own Python, for sbom.py.

`python`: name, version and licence of each package. `debian`: name, version, architecture and
licences. `weights`: each profile's files with their sizes and hashes, as its lock has them.
"""

import json
import re
import subprocess
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any

FORM = "${Package}\\t${Version}\\t${Architecture}\\n"
LICENCE = re.compile(r"^License: *(\S[^\n]{0,60})$", re.MULTILINE)
SHORT = 60  # characters; a longer field is a whole licence's text


def main() -> None:
    """Print it."""
    packages = metadata.distributions(path=["/opt/packages"])
    locks = Path("/app/model_package/weights").glob("*/lock.json")
    found = {
        "python": [python_package(one.metadata) for one in packages],  # type: ignore[arg-type]
        "debian": debian_packages(),
        "weights": {one.parent.name: json.loads(one.read_text())["files"] for one in locks},
    }
    print(json.dumps(found))


def python_package(about: Message) -> list[str]:
    """Name, version, and the licence by the newest of the three fields that may tell it."""
    plain = (about["License"] or "").strip()
    kinds = [one for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    named = plain if 0 < len(plain) < SHORT else "".join(kinds[:1]).split(" :: ")[-1]
    return [about["Name"], about["Version"], about["License-Expression"] or named]


def debian_packages() -> list[list[Any]]:
    """Those that dpkg knows."""
    listed = subprocess.check_output(["dpkg-query", "--show", "--showformat", FORM], text=True)
    rows = [line.split("\t") for line in listed.splitlines()]
    return [[*row, debian_licences(row[0])] for row in rows]


def debian_licences(package: str) -> list[str]:
    """What a machine can read of the package's copyright file."""
    try:
        text = Path(f"/usr/share/doc/{package}/copyright").read_text(errors="replace")
    except OSError:
        return []
    return sorted(set(LICENCE.findall(text)))


if __name__ == "__main__":
    main()
