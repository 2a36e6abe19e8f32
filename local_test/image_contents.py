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

FORM = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\n"
LICENCE = re.compile(r"^License: *(\S[^\n]{0,60}?) *$", re.MULTILINE)
COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z]+(?:-[0-9]+(?:\.[0-9]+)*)?)")
UNKNOWN = "NOASSERTION"
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
    """Those that dpkg knows. Packages of one source may share one copyright file."""
    listed = subprocess.check_output(["dpkg-query", "--show", "--showformat", FORM], text=True)
    rows = [line.split("\t") for line in listed.splitlines()]
    own = {row[0]: copyright_of(row[0]) for row in rows}
    shared = {row[3]: own[row[0]] for row in rows if own[row[0]]}
    return [[*row[:3], debian_licences(own[row[0]] or shared.get(row[3], ""))] for row in rows]


def copyright_of(package: str, folder: Path = Path("/usr/share/doc")) -> str:
    """The package's copyright file; empty where it has none."""
    try:
        return (folder / package / "copyright").read_text(errors="replace")
    except OSError:
        return ""


def debian_licences(text: str) -> list[str]:
    """Licences that a copyright file names: in the fields of Debian's machine-readable form
    (DEP-5), else by the texts in /usr/share/common-licenses that it points to; else nobody's
    assertion, in SPDX's word."""
    found = set(LICENCE.findall(text)) or set(COMMON.findall(text))
    return sorted(found) or [UNKNOWN]


if __name__ == "__main__":
    main()
