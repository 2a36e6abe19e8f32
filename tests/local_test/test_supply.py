"""What an image is made of, and what is known to be wrong with it."""

import hashlib
import json
from pathlib import Path

import pytest

from local_test import audit, sbom
from local_test.image_contents import copyright_of, debian_licences

FOUND = {
    "python": [
        ["Tesserocr_X", "1.0", "MIT"],
        ["odd", "2", "a licence of its own"],
        ["bare", "3", ""],
    ],
    "debian": [["libc6", "2.36-9", "amd64", ["GPL-2", "LGPL-2.1"]]],
    "weights": {"pocket": {"lm/model.safetensors": {"bytes": 5, "sha256": "ab" * 32}}},
}


def test_the_bill_lists_everything_with_what_is_known_of_it(tmp_path: Path) -> None:
    (tmp_path / "tesserocr_x-1.0-cp311-none-any.whl").write_bytes(b"wheel")
    text = sbom.render(sbom.bill("memesieve:pocket-cpu", FOUND, sbom.hashes(tmp_path)))
    made = json.loads(text)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["name"] == "memesieve"
    parts = {part["name"]: part for part in made["components"]}
    wheel = hashlib.sha256(b"wheel").hexdigest()
    assert parts["Tesserocr_X"]["hashes"] == [{"alg": "SHA-256", "content": wheel}]
    assert parts["Tesserocr_X"]["purl"] == "pkg:pypi/tesserocr-x@1.0"
    assert parts["Tesserocr_X"]["licenses"][0]["license"]["id"] == "MIT"
    assert parts["odd"]["licenses"][0]["license"]["name"] == "a licence of its own"
    assert "licenses" not in parts["bare"]
    assert parts["libc6"]["purl"] == "pkg:deb/debian/libc6@2.36-9?arch=amd64"
    assert len(parts["libc6"]["licenses"]) == 2
    assert parts["pocket/lm/model.safetensors"]["hashes"][0]["content"] == "ab" * 32


@pytest.mark.parametrize(
    ("text", "licences"),
    [
        (
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
            "Files: *\nCopyright: 2001 somebody\nLicense: GPL-2+ \n\nFiles: a.c\nLicense: MIT\n"
            "License: GPL-2+\n the text of it, in /usr/share/common-licenses/GPL-2\n",
            ["GPL-2+", "MIT"],
        ),
        ("On Debian see /usr/share/common-licenses/LGPL-2.1.\nAlso common ones.", ["LGPL-2.1"]),
        (
            "`/usr/share/common-licenses/Artistic', /usr/share/common-licenses/GPL-1",
            ["Artistic", "GPL-1"],
        ),
        ("Do with it as you please.", ["NOASSERTION"]),
        ("", ["NOASSERTION"]),
    ],
)
def test_what_a_copyright_file_says_of_licences(text: str, licences: list[str]) -> None:
    assert debian_licences(text) == licences


def test_a_package_without_a_copyright_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "copyright").write_text("License: MIT\n")
    assert copyright_of("a", tmp_path) == "License: MIT\n"
    assert copyright_of("b", tmp_path) == ""


@pytest.mark.parametrize(
    ("packages", "told", "code"),
    [
        ([{"name": "a", "skip_reason": "not found"}], audit.UNREACHED, 0),
        (
            [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "no"}],
            "audit: 1 packages checked, 1 are unknown to the data; 0 with known faults",
            0,
        ),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}],
            "a 1: CVE-1, mended in 1.1\naudit: 1 packages checked; 1 with known faults",
            1,
        ),
    ],
)
def test_an_audit_fails_for_findings_alone(
    packages: list[dict[str, object]], told: str, code: int
) -> None:
    assert audit.judge(json.dumps({"dependencies": packages})) == (told, code)


def test_an_audit_without_a_network_says_that_it_checked_nothing() -> None:
    assert audit.judge("") == (audit.UNREACHED, 0)


def test_an_audit_of_no_file_is_a_users_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["--requirements", "/none.txt"]) == 2
    assert capsys.readouterr().err == "error: there is no file '/none.txt'\n"
