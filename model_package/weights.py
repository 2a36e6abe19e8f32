"""Weights on disk: what a folder must hold, its hashes, and how to fetch it from a hub.

A folder of weights has one subfolder a model and a `lock.json` that names every file with its
size and SHA-256, and the revision that each downloaded model was resolved to. Loading refuses
whatever differs from the lock. Knows nothing of what is inside the files.

    python -m model_package.weights download --profile ospc
    python -m model_package.weights lock --profile pocket
    python -m model_package.weights verify --profile pocket
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from model_package.errors import UserError
from model_package.profile import WEIGHTS, Profile, load_profile

LOCK = "lock.json"
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")  # no pickle, no code


def weights_folder(profile: Profile, given: str | None) -> Path:
    """Where the weights of `profile` are: the folder `given`, or the one in the package."""
    return Path(given) if given else WEIGHTS / profile.name


def check_present(folder: Path, profile: Profile) -> None:
    """Refuse a folder that lacks a model of `profile` or a file of the lock; reads no weights."""
    cure = f"make weights-download PROFILE={profile.name}" if any(profile.models().values()) else ""
    cure = cure or f"make weights PROFILE={profile.name}"
    if not folder.is_dir():
        raise UserError(f"no weights of profile {profile.name!r} in {folder}; get them: {cure}")
    locked = _read_lock(folder)
    for model in profile.models():
        if not any(name.startswith(f"{model}/") for name in locked):
            raise UserError(f"{folder} has no model {model!r} in its lock; get it: {cure}")
    for name, entry in locked.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != entry["bytes"]:
            raise UserError(f"{path} is missing or incomplete; get it again: {cure}")


def verify(folder: Path) -> None:
    """Refuse a folder in which any file of a model is not as the lock says."""
    locked = _read_lock(folder)
    strange = sorted(set(_model_files(folder)) - set(locked))
    if strange:
        raise UserError(f"{folder / strange[0]} is not in {LOCK}; remove it, or lock it")
    for name, entry in locked.items():
        if _sha256(folder / name) != entry["sha256"]:
            raise UserError(
                f"{folder / name} differs from {LOCK}; restore it, or after a change that you "
                f"made yourself run: python -m model_package.weights lock --weights {folder}"
            )


def write_lock(folder: Path, sources: dict[str, dict[str, str]] | None = None) -> None:
    """Write `lock.json` for all files of the subfolders of `folder`.

    sources: hub repository and resolved revision of each subfolder that was downloaded.
    """
    entries = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
        for name in _model_files(folder)
    }
    lock = {"sources": sources or {}, "files": entries}
    (folder / LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")


def download(profile: Profile, folder: Path) -> None:
    """Fetch every model of `profile` from its hub repository into `folder`, and lock them."""
    if not all(profile.models().values()):
        raise UserError(f"profile {profile.name!r} names no hub repository; its weights are made")
    sources = {name: _fetch(repo, folder / name) for name, repo in profile.models().items()}
    write_lock(folder, sources)


def _fetch(repository: str, folder: Path) -> dict[str, str]:
    try:
        from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415
    except ImportError:
        raise UserError("downloading needs the hub's client; run: make weights-download") from None
    repository, _, asked = repository.partition("@")
    try:
        info = HfApi().model_info(repository, revision=asked or None, files_metadata=True)
        _announce(info)
        snapshot_download(
            repository, revision=info.sha, allow_patterns=list(WANTED), local_dir=folder
        )
    except UserError:
        raise
    except Exception as error:  # the hub's client raises dozens of kinds
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{repository} cannot be downloaded: {reason}") from error
    return {"repository": repository, "revision": str(info.sha)}


def _announce(info: Any) -> None:
    files = [one for one in info.siblings if any(Path(one.rfilename).match(p) for p in WANTED)]
    if not any(one.rfilename.endswith(".safetensors") for one in files):
        raise UserError(
            f"{info.id} has no safetensors at this revision, and nothing else is loaded; name a "
            f"revision that has them in the profile: hub = '{info.id}@REVISION'"
        )
    size = sum(one.size or 0 for one in files)
    print(f"{info.id} at {info.sha}: {len(files)} files, {size / 1e9:.2f} GB", file=sys.stderr)


def _model_files(folder: Path) -> list[str]:
    """Every file of the models in `folder`, hidden ones aside."""
    names = (path.relative_to(folder) for path in folder.glob("*/**/*") if path.is_file())
    return sorted(n.as_posix() for n in names if not any(p.startswith(".") for p in n.parts))


def _read_lock(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / LOCK
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))["files"])
    except FileNotFoundError:
        raise UserError(
            f"{path} is missing; for weights that you trust, write it: "
            f"python -m model_package.weights lock --weights {folder}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """The command line of this module; 0, or 2 after a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m model_package.weights", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("verb", choices=["download", "lock", "verify"])
    parser.add_argument("--profile", default="pocket", help="a profile's name or .toml file")
    parser.add_argument("--weights", help="the folder (default: the profile's own)")
    options = parser.parse_args(arguments)
    try:
        profile = load_profile(options.profile)
        folder = weights_folder(profile, options.weights)
        actions = {"lock": write_lock, "verify": verify}
        if options.verb == "download":
            download(profile, folder)
        else:
            actions[options.verb](folder)
    except UserError as error:
        print(f"memesieve: {error}", file=sys.stderr)
        return 2
    print(f"{folder}: {options.verb} done", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
