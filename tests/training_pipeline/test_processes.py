"""Several processes, as `accelerate launch` or a recipe starts them, learn what one learns."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from model_package.errors import UserError
from tests.training_pipeline.tiny import make_base
from training_pipeline import launch
from training_pipeline.cli import Job
from training_pipeline.ladder import climb
from training_pipeline.recipe import FOLDER, load_recipe

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


def flags(runs: Path, base: Path) -> list[str]:
    return ["--recipe", "ospc", "--runs", str(runs), f"base={base}", *SETTINGS.split()]


def environment(corpora: Path) -> dict[str, str]:
    return {**os.environ, "CORPORA_DIR": str(corpora), "OMP_NUM_THREADS": "1"}


@pytest.mark.long
def test_two_processes_are_one_with_twice_the_batch(tmp_path: Path, stand_in: Path) -> None:
    base = make_base(tmp_path / "base")
    given = [*LAUNCH.split(), "--main_process_port", free_port(), "-m"]
    ways = {
        "one": ["-m", "training_pipeline.train", "train.batch=2"],
        "two": ["-m", "accelerate.commands.launch", *given, "training_pipeline.train"],
        "own": ["-m", "training_pipeline.train", "processes=2"],
    }
    for name, way in ways.items():
        batch = ["train.batch=1"] if name != "one" else []
        done = subprocess.run(
            [sys.executable, *way, *flags(tmp_path / name, base), *batch],
            capture_output=True,
            text=True,
            check=False,
            env=environment(stand_in),
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout == ""
        assert done.stderr.count("train: into ") == 1  # the main process alone tells
    one, *others = (tmp_path / name / "ospc" / "train" for name in ways)
    for other in others:
        weights = load_file(other / "adapter_model.safetensors")
        for key, weight in load_file(one / "adapter_model.safetensors").items():
            assert weight.allclose(weights[key], atol=1e-5), key
    manifests = [json.loads((run / "run.json").read_text()) for run in (one, *others)]
    assert [len(manifest["metrics"]["curve"]) for manifest in manifests] == [3, 3, 3]
    assert [manifest["settings"].get("processes") for manifest in manifests] == [None, None, 2]


def lives(folder: Path) -> bool:
    """Whether a process with `folder` in its command line runs still."""
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return f"--folder {folder}" in lines.stdout


@pytest.mark.long
def test_a_killed_command_takes_its_processes_with_it_and_is_gone_on_from(
    tmp_path: Path, stand_in: Path
) -> None:
    base, folder = make_base(tmp_path / "base"), tmp_path / "runs" / "ospc" / "train"
    steps = ["train.batch=1", "train.checkpoint=1", "train.steps=40", "processes=2"]
    command = [sys.executable, "-m", "training_pipeline.train", *flags(tmp_path / "runs", base)]
    command += steps
    with subprocess.Popen(command, env=environment(stand_in), stderr=subprocess.DEVNULL) as first:
        while not list(folder.glob("checkpoints/checkpoint-*/trainer_state.json")):
            assert first.poll() is None
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while lives(folder):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert not (folder / "run.json").exists()
    done = subprocess.run(
        command, env=environment(stand_in), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads((folder / "run.json").read_text())["metrics"]["steps"] == 40


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_a_recipe_reaches_the_processes_as_it_is(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name, ["processes=2", "train.steps=7"])
    (tmp_path / "recipe.toml").write_text(launch.as_toml(recipe), encoding="utf-8")
    assert load_recipe(str(tmp_path / "recipe.toml")) == recipe


def test_a_ladder_that_was_launched_twice_is_refused(
    tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match="the ladder starts its own processes; run it alone"):
        climb(Job(load_recipe("smoke"), tmp_path, stand_in), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("asked", "there", "starts"), [(1, 1, 0), (1, 2, 0), (2, 1, 1), (2, 2, 0)])
def test_processes_are_started_once(
    asked: int, there: int, starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", str(there))
    job = Job(replace(load_recipe("smoke"), processes=asked), Path("runs"), Path("corpora"))
    assert launch.wanted(job) == starts
    monkeypatch.setenv("WORLD_SIZE", "3")
    if asked > 1:
        with pytest.raises(UserError, match="3 processes were launched; the recipe says"):
            launch.wanted(job)


def test_a_mistake_of_the_processes_is_one_line(
    tmp_path: Path, stand_in: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each meets it, and the command alone tells."""
    base = make_base(tmp_path / "base")
    given = [*flags(tmp_path / "runs", base), "processes=2", "train.optimizer=none"]
    command = [sys.executable, "-m", "training_pipeline.train", *given]
    done = subprocess.run(command, env=environment(stand_in), check=False)
    out, err = capfd.readouterr()
    assert (done.returncode, out) == (2, "")
    assert "train: optimizer 'none' is unknown" in err.splitlines()[-1]
    assert "Traceback" not in err
