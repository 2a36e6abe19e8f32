"""One stage's output folder and its manifest, run.json, written last: with it the stage is done.

Knows nothing of what a stage does.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_preparation.manifest import MANIFEST, hash_files, versions, write_manifest
from data_preparation.place import prepare_folder, write_whole
from model_package.errors import UserError
from training_pipeline import processes

BEGUN = "begun.json"  # while a stage is unfinished: what it is made of
PLACES = ("base", "records")  # may move: what lies there is among the inputs, by its hash
LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "accelerate",
    "trl",
    "peft",
    "bitsandbytes",
    "gptqmodel",
    "scikit-learn",
)


@dataclass(frozen=True)
class Stage:
    """What a stage is made of.

    verb: its name. settings: resolved, as JSON values. inputs: files that it reads; the
    manifest of an earlier stage stands for that stage's output.
    """

    verb: str
    settings: dict[str, Any]
    inputs: tuple[Path, ...]


def run_stage(folder: Path, stage: Stage, work: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """The manifest in `folder`, after `work(folder)`, which returns metrics, unless done before.

    An unfinished folder keeps its checkpoints, and `work` may go on from them, but not with
    other settings or inputs. Of several processes all work, and the main one alone writes and
    tells; how many they were is no setting, and the manifest says it.
    """
    made = _identity(stage)
    found = read_manifest(folder)
    if found is not None:
        _refuse_other(folder, found, made)
        processes.tell(f"{stage.verb}: done before, in {folder}")
        return found
    _begin(folder, made)
    processes.tell(f"{stage.verb}: into {folder}")
    start = time.monotonic()
    metrics = work(folder)
    manifest = {**made, "metrics": metrics, "seconds": round(time.monotonic() - start, 1)}
    number = stage.settings.get("processes", processes.count())
    manifest |= {"versions": versions(LIBRARIES), "processes": number}
    if processes.is_main():
        write_manifest(folder, manifest)
        (folder / BEGUN).unlink(missing_ok=True)
    if processes.count() > 1:
        processes.wait()
    return manifest


def _begin(folder: Path, made: dict[str, Any]) -> None:
    """Make `folder`, or refuse to go on with what another stage began, or no stage left there."""
    prepare_folder(folder)
    begun = _read(folder / BEGUN)
    lies = any(not path.name.startswith(BEGUN) for path in folder.iterdir())
    if begun is not None and lies:
        _refuse_other(folder, begun, made)
    elif processes.is_main():
        if lies:  # which the others could see before it is told to be a stage's
            raise UserError(f"{folder} holds files of no run; name another folder, or remove it")
        write_whole(folder / BEGUN, json.dumps(made))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in `folder`; None where there is none, so that the stage is not done."""
    manifest = _read(folder / MANIFEST)
    return manifest if manifest is not None and "metrics" in manifest else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def need_manifest(folder: Path, verb: str) -> Path:
    """The path of the manifest that `verb` left in `folder`; a `UserError` where it is absent."""
    if read_manifest(folder) is None:
        raise UserError(f"{folder} holds no finished run; run {verb} first, with the same recipe")
    return folder / MANIFEST


def clear(folder: Path, keep: Iterable[str]) -> None:
    """Remove from `folder` all that a trainer left there, but the names in `keep`."""
    names = set(keep)
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _identity(stage: Stage) -> dict[str, Any]:
    return {"verb": stage.verb, "settings": stage.settings, "inputs": hash_files(stage.inputs)}


def _refuse_other(folder: Path, found: dict[str, Any], made: dict[str, Any]) -> None:
    for part in ("settings", "inputs"):
        old, new = found.get(part), json.loads(json.dumps(made[part]))
        if part == "inputs" and old is not None:
            old, new = sorted(old.values()), sorted(new.values())
        if part == "settings" and old is not None:
            old, new = ({k: v for k, v in one.items() if k not in PLACES} for one in (old, new))
        if old != new:
            raise UserError(f"{folder} was made with other {part}; remove it to make it again")
