"""Several processes, as `accelerate launch` starts them, learn what one learns."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.training_pipeline.tiny import make_base

# Of the launcher's ways only this one starts several processes on one machine without GPUs too.
LAUNCH = "--multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no --dynamo_backend no"
SETTINGS = (
    "train.steps=3 train.epochs=1 train.half=false train.prompts=3 train.optimizer=adamw_torch "
    "train.learning_rate=0.01 adapter.kind=lora mix=[{corpus='cold'}] records=[] held=[]"
)


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


@pytest.mark.long
def test_two_processes_are_one_with_twice_the_batch(tmp_path: Path, stand_in: Path) -> None:
    base = make_base(tmp_path / "base")
    launch = [*LAUNCH.split(), "--main_process_port", free_port(), "-m"]
    ways = {
        "one": ["-m", "training_pipeline.train", "train.batch=2"],
        "two": ["-m", "accelerate.commands.launch", *launch, "training_pipeline.train"],
    }
    for name, way in ways.items():
        batch = ["train.batch=1"] if name == "two" else []
        given = ["--recipe", "ospc", "--runs", str(tmp_path / name), f"base={base}", *batch]
        done = subprocess.run(
            [sys.executable, *way, *given, *SETTINGS.split()],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "CORPORA_DIR": str(stand_in), "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout == ""
        assert done.stderr.count("train: into ") == 1  # the main process alone tells
    one, two = (tmp_path / name / "ospc" / "train" for name in ways)
    weights = load_file(two / "adapter_model.safetensors")
    for key, weight in load_file(one / "adapter_model.safetensors").items():
        assert weight.allclose(weights[key], atol=1e-5), key
    curves = [json.loads((run / "run.json").read_text())["metrics"]["curve"] for run in (one, two)]
    assert len(curves[0]) == len(curves[1]) == 3
