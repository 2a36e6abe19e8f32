"""A pickle among the weights is never opened, not even where nothing else is there."""

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model_package.profile import WEIGHTS
from model_package.weights import write_lock


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("model", ["lm", "captioner"])
def test_a_pickle_in_the_place_of_safetensors_is_refused_unread(tmp_path: Path, model: str) -> None:
    weights, mark = tmp_path / "weights", tmp_path / "mark"
    shutil.copytree(WEIGHTS / "pocket", weights)
    data = pickle.dumps(Trap(mark))
    pickle.loads(data)
    mark.rmdir()  # so the trap works
    (weights / model / "model.safetensors").unlink()
    (weights / model / "pytorch_model.bin").write_bytes(data)
    write_lock(weights)
    command = [sys.executable, "-m", "model_package", "--device", "cpu", "--weights", str(weights)]
    done = subprocess.run(command, input=b"a.png\n", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b""), done.stderr.decode()
    assert b"safetensors" in done.stderr
    assert not mark.exists()
