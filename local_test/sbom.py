"""Writes an image's bill of materials: CycloneDX JSON of its packages and its models' files.

What the image holds is asked of the image itself, in a container without a network. A Python
package's hash is that of the wheel it came from, where that still lies in `wheels/`; a model's
are those of its lock. Nothing else has one.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_test.running import engine
from local_test.running.engine import LoadError, find_image, require_engine
from model_package.errors import UserError

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

JAIL = ("--rm", "--network", "none", "--read-only", "--cap-drop", "ALL")
LIST = Path(__file__).with_name("image_contents.py")


def main() -> int:
    """Write the file, and say what it lists; exit code 2 for what the user can mend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", default="memesieve:pocket-cpu")
    parser.add_argument("--wheels", type=Path, default=Path("wheels/cpu"))
    parser.add_argument("--output", type=Path, default=Path("build/sbom.json"))
    flags = parser.parse_args()
    try:
        require_engine()
        found = ask(find_image(flags.image))
        text = render(bill(flags.image, found, hashes(flags.wheels)))
        flags.output.parent.mkdir(parents=True, exist_ok=True)
        flags.output.write_text(text, encoding="utf-8")
    except (UserError, LoadError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    counts = ", ".join(f"{len(found[kind])} {kind}" for kind in ("python", "debian", "weights"))
    print(f"{flags.output}: {counts}")
    return 0


def ask(image: str) -> dict[str, Any]:
    """What the image holds: `python`, `debian` and `weights`; see image_contents.py."""
    said = engine.must("run", *JAIL, "--entrypoint", "python3", image, "-c", LIST.read_text())
    return dict(json.loads(said))


def hashes(wheels: Path) -> dict[tuple[str, str], str]:
    """SHA-256 of each wheel in a folder, by normalised name and version."""
    found = {}
    for wheel in wheels.glob("*.whl"):
        name, version = wheel.name.split("-")[:2]
        with wheel.open("rb") as file:
            found[_normal(name), version] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def bill(image: str, found: dict[str, Any], wheels: dict[tuple[str, str], str]) -> "Bom":
    """The bill of what `ask` found."""
    from cyclonedx.model.bom import Bom  # noqa: PLC0415
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415

    parts = [*_python(found["python"], wheels), *_debian(found["debian"])]
    parts += _weights(found["weights"])
    name, _, tag = image.partition(":")
    whole = Component(name=name, version=tag, type=ComponentType.CONTAINER, bom_ref="image")
    made = Bom(components=parts)
    made.metadata.component = whole
    made.register_dependency(whole, parts)
    return made


def _python(packages: list[list[str]], wheels: dict[tuple[str, str], str]) -> Iterator["Component"]:
    from cyclonedx.model.component import Component  # noqa: PLC0415
    from packageurl import PackageURL  # noqa: PLC0415

    for name, version, licence in packages:
        purl = PackageURL("pypi", None, _normal(name), version)
        known = wheels.get((_normal(name), version))
        yield Component(
            name=name, version=version, purl=purl, bom_ref=str(purl),
            licenses=_licences([licence]), hashes=_sha256(known),
        )  # fmt: skip


def _debian(packages: list[list[Any]]) -> Iterator["Component"]:
    from cyclonedx.model.component import Component  # noqa: PLC0415
    from packageurl import PackageURL  # noqa: PLC0415

    for name, version, architecture, licences in packages:
        purl = PackageURL("deb", "debian", name, version, {"arch": architecture})
        yield Component(
            name=name, version=version, purl=purl, bom_ref=str(purl), licenses=_licences(licences)
        )


def _weights(profiles: dict[str, dict[str, Any]]) -> Iterator["Component"]:
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415

    for profile, files in profiles.items():
        for name, entry in files.items():
            yield Component(
                name=f"{profile}/{name}", type=ComponentType.FILE,
                bom_ref=f"weights/{profile}/{name}", hashes=_sha256(entry["sha256"]),
            )  # fmt: skip


def _licences(names: list[str]) -> list[Any]:
    """One alone may be an SPDX expression; several are listed by name."""
    from cyclonedx.contrib.license.factories import LicenseFactory  # noqa: PLC0415

    make, known = LicenseFactory(), [name for name in names if name]
    if len(known) == 1:
        return [make.make_from_string(known[0])]
    return [make.make_with_name(name) for name in known]


def _sha256(known: str | None) -> list[Any]:
    from cyclonedx.model import HashAlgorithm, HashType  # noqa: PLC0415

    return [HashType(alg=HashAlgorithm.SHA_256, content=known)] if known else []


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def render(made: "Bom") -> str:
    """The bill as JSON of CycloneDX 1.6, which the library's own schema finds right."""
    from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    text = JsonV1Dot6(made).output_as_string(indent=1)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise UserError(f"the bill of materials breaks CycloneDX's schema: {fault}")
    return text + "\n"


if __name__ == "__main__":
    sys.exit(main())
