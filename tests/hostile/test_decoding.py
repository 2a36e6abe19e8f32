"""Whatever a file holds, it gives a small picture or a reason, in bounded time and memory."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from model_package.profile import Limits
from tests.hostile.handmade import Place, make_places
from tests.hostile.mutate import corpus

SIDE = Limits().max_side
MIB = 1200.0  # a picture of 64 million pixels with alpha, twice and a half
SECONDS = 10.0  # of one processor

Found = dict[str, object]


def decode_all(paths: list[bytes], mib: float = MIB) -> list[Found]:
    """What the decoder said of each of `paths`; it must answer them all."""
    stdin = b"".join(path.hex().encode() + b"\n" for path in paths)
    command = [sys.executable, "-m", "tests.hostile.decoder", str(mib), str(SECONDS)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    lines = done.stdout.splitlines()
    culprit = paths[len(lines)] if len(lines) < len(paths) else b""
    assert (done.returncode, culprit) == (0, b""), done.stderr.decode()[-2000:]
    return [json.loads(line) for line in lines]


def check(name: str, found: Found) -> None:
    """A picture within bounds, or a reason; nothing else."""
    assert "escaped" not in found, (name, found)
    if "reason" in found:
        assert found["reason"], name
        return
    assert found["mode"] == "RGB", name
    assert all(1 <= side <= SIDE for side in found["size"]), (name, found)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("seed", "count"),
    [(1, 600), *(pytest.param(seed, 4000, marks=pytest.mark.long) for seed in (2, 3, 4))],
)
def test_damaged_files_give_a_picture_or_a_reason(tmp_path: Path, seed: int, count: int) -> None:
    paths: dict[str, bytes] = {}
    for name, data in corpus(seed, count):
        (tmp_path / name).write_bytes(data)
        paths[name] = os.fsencode(tmp_path / name)
    answers = decode_all(list(paths.values()), mib=300)
    outcomes: Counter[str] = Counter()
    for name, found in zip(paths, answers, strict=True):
        check(name, found)
        outcomes["reason" if "reason" in found else "picture"] += 1
    assert min(outcomes["reason"], outcomes["picture"]) > count / 5, outcomes  # both are tried


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Place]:
    """Files made by hand, each the worst of its kind."""
    return make_places(tmp_path_factory.mktemp("places"))


def test_files_made_to_harm_give_what_they_should(places: Mapping[str, Place]) -> None:
    answers = decode_all([place.path for place in places.values()])
    wrong = []
    for (name, place), found in zip(places.items(), answers, strict=True):
        check(name, found)
        said = found.get("reason", found.get("size"))
        if not (
            said == list(place.wanted)
            if isinstance(place.wanted, tuple)
            else place.wanted in str(found.get("reason"))
        ):
            wrong.append((name, place.wanted, said))
    assert wrong == []
