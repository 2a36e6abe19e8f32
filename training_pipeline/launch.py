"""One tuning by several processes of this machine, which accelerate's launcher starts.

Two processes of one thread are faster than one of two: small models give threads little to
share. The processes learn; the one that asked for them waits, and keeps the manifest.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data_preparation.registry import corpora_dir
from model_package.errors import UserError
from model_package.hardware import cpu_count
from training_pipeline import processes
from training_pipeline.cli import Job, quiet_libraries
from training_pipeline.recipe import Recipe, load_recipe

# Of the launcher's ways only this one starts several processes on one machine without GPUs too.
LAUNCH = "--multi_gpu --num_machines 1 --dynamo_backend no --main_process_port 0"
RECIPE, METRICS, MISTAKE = "recipe.toml", "metrics.json", "mistake.txt"


def wanted(job: Job) -> bool:
    """Whether this process is to start others; a `UserError` where others than asked for run."""
    asked, there = job.recipe.processes, processes.count()
    if asked > 1 and there not in (1, asked):
        raise UserError(f"{there} processes were launched; the recipe says processes = {asked}")
    return asked > 1 and there == 1


def launch(job: Job, folder: Path, start: Path) -> dict[str, Any]:
    """Tune by the recipe's number of processes, from the model in `start`; metrics."""
    _refuse_too_many(job.recipe.processes)
    with TemporaryDirectory() as place:
        (Path(place) / RECIPE).write_text(as_toml(job.recipe), encoding="utf-8")
        flags = {"--exchange": place, "--runs": job.runs, "--folder": folder, "--start": start}
        given = [str(part) for pair in flags.items() for part in pair]
        more = [str(part) for path in job.records for part in ("--records", path)]
        command = [sys.executable, "-m", "accelerate.commands.launch", *_launcher(job)]
        command += ["-m", "training_pipeline.launch", *given, *more, "--parent", str(os.getpid())]
        # Of a session of their own: Ctrl-C stops this process, and they end with it.
        done = subprocess.run(
            command, check=False, stdout=2, env=_environment(job), start_new_session=True
        )
        return _reply(Path(place), done.returncode)


def _refuse_too_many(asked: int) -> None:
    import torch  # noqa: PLC0415

    gpus = torch.cuda.device_count()
    if 0 < gpus < asked:
        raise UserError(f"processes = {asked}, but there are {gpus} GPUs; say processes={gpus}")


def _launcher(job: Job) -> list[str]:
    from training_pipeline.fit import half_precision  # noqa: PLC0415

    half = str(half_precision()) if job.recipe.train.half else ""
    precision = {"torch.bfloat16": "bf16", "torch.float16": "fp16"}.get(half, "no")
    number = str(job.recipe.processes)
    return [*LAUNCH.split(), "--num_processes", number, "--mixed_precision", precision]


def _environment(job: Job) -> dict[str, str]:
    threads = max(1, cpu_count() // job.recipe.processes)
    corpora = str(job.corpora.resolve())
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "CORPORA_DIR": corpora}


def _reply(place: Path, code: int) -> dict[str, Any]:
    if (place / MISTAKE).is_file():
        raise UserError((place / MISTAKE).read_text(encoding="utf-8"))
    if code or not (place / METRICS).is_file():
        cure = "its words stand above; run it again to go on from the last checkpoint"
        raise UserError(f"a process of the tuning ended early (exit code {code}); {cure}")
    return dict(json.loads((place / METRICS).read_text(encoding="utf-8")))


def as_toml(recipe: Recipe) -> str:
    """The recipe as a file that `load_recipe` reads back as it is."""
    import tomlkit  # noqa: PLC0415

    return tomlkit.dumps(_without_none(dataclasses.asdict(recipe)))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list | tuple) else value


def main(argv: Sequence[str] | None = None) -> int:
    """One of the processes; started by `launch` alone."""
    parser = argparse.ArgumentParser(prog="python -m training_pipeline.launch", description=__doc__)
    for name in ("--exchange", "--runs", "--folder", "--start"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--records", type=Path, action="append", default=[])
    parser.add_argument("--parent", type=int, required=True)
    flags = parser.parse_args(argv)
    _end_with(flags.parent)
    quiet_libraries()
    try:
        _work(flags)
    except UserError as error:  # every process meets it alike, and one line of it is enough
        (flags.exchange / MISTAKE).write_text(str(error), encoding="utf-8")
    return 0


def _work(flags: argparse.Namespace) -> None:
    from training_pipeline.train import learn  # noqa: PLC0415

    recipe = load_recipe(str(flags.exchange / RECIPE))
    job = Job(recipe, flags.runs, corpora_dir(), records=tuple(flags.records))
    metrics = learn(job, flags.folder, flags.start)
    if processes.is_main():
        (flags.exchange / METRICS).write_text(json.dumps(metrics), encoding="utf-8")


def _end_with(parent: int) -> None:
    """End this process when `parent` is gone, however it ended: another may go on from here."""

    def watch() -> None:
        while _lives(parent):
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
