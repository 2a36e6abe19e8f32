"""What the image is made of: nothing that was used to build it, and nobody's secrets."""

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

WASTE = re.compile(
    r"(^|/)(\.cache|\.git|\.ssh|\.aws|\.netrc|\.pypirc|\.bash_history|\.pytest_cache|wheels)(/|$)"
    r"|^(opt/packages/pip|root/\.(?!bashrc|profile)|home/.)|^var/(lib/apt/lists|cache/apt/archives)/.+_|\.(whl|deb|pem\.key)$"
)
SECRET = re.compile(r"key|token|secret|passw|credential|proxy", re.IGNORECASE)


@pytest.fixture(scope="module")
def names(image: str, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every file of every layer, those too that a later layer hides."""
    file = tmp_path_factory.mktemp("layers") / "image.tar"
    subprocess.run(["docker", "save", "--output", str(file), image], check=True)
    try:
        return set(_names(file))
    finally:
        file.unlink()


def _names(file: Path) -> Iterator[str]:
    with tarfile.open(file) as saved:
        [manifest] = json.load(saved.extractfile("manifest.json"))  # type: ignore[arg-type]
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=saved.extractfile(layer)) as one:
                yield from (member.name.removeprefix("./") for member in one if member.isfile())


def inspect(image: str, form: str) -> str:
    """What the engine knows of the image."""
    line = ["docker", "image", "inspect", "--format", form, image]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_no_layer_holds_caches_tools_or_histories(names: set[str]) -> None:
    assert "app/model_package/__main__.py" in names
    assert sorted(name for name in names if WASTE.search(name)) == []


def test_weights_are_safetensors_and_text_alone(names: set[str]) -> None:
    kinds = {Path(name).suffix for name in names if name.startswith("app/model_package/weights/")}
    assert kinds <= {".safetensors", ".json", ".md", ".txt", ".jinja", ".model"}
    assert ".safetensors" in kinds


def test_settings_hold_no_secret(image: str) -> None:
    settings = json.loads(inspect(image, "{{json .Config.Env}}"))
    assert [one for one in settings if SECRET.search(one.partition("=")[0])] == []
    line = ["docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"https?://[^/\s]*:[^/\s]*@\S+|proxy=\S+", told) == []
    assert inspect(image, "{{.Config.User}}").strip() == "10001:10001"
