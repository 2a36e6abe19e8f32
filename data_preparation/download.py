"""Files of public repositories: fetched once, checked by sha256; knows nothing of what is in them.

`CORPORA_URL` names another server with GitHub's addresses for raw files.
"""

import hashlib
import http.client
import io
import os
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from model_package.errors import UserError

TIMEOUT = 30.0
CHUNK = 1 << 16


@dataclass(frozen=True)
class Source:
    """A file, and where it comes from.

    file: where it lies under the folder of corpora. sha256: of that file. path: in the public
    repository; none where the file cannot be had there as it is, and then `changed` says why.
    repository, commit: where they are not the corpus's own.
    """

    file: str
    sha256: str
    path: str = ""
    changed: str = ""
    repository: str = ""
    commit: str = ""


def server() -> str:
    """Where raw files of public repositories are served."""
    return os.environ.get("CORPORA_URL") or "https://raw.githubusercontent.com"


def address(repository: str, commit: str, path: str) -> str:
    """The URL of a raw file."""
    return f"{server()}/{repository}/{commit}/{quote(path)}"


def fetch(source: Source, repository: str, commit: str, root: Path) -> str:
    """Make sure that `source` lies under `root` and has its checksum; what was done, in words."""
    path = root / source.file
    if path.is_file():
        check(path, source.sha256)
        return "there, checksum right"
    if not source.path:
        raise UserError(f"{source.file} cannot be fetched: {source.changed}")
    where = (source.repository or repository, source.commit or commit, source.path)
    data = download(address(*where), path.name)
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise UserError(f"{address(*where)}: wrong checksum; the registry expects {source.sha256}")
    _put(path, data)
    return "fetched, checksum right"


def check(path: Path, sha256: str) -> None:
    """A `UserError` unless the file at `path` has this checksum."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise UserError(f"{path}: wrong checksum {found[:12]}; remove it and fetch it again")


def download(url: str, name: str) -> bytes:
    """The bytes at `url`, with a progress bar on stderr."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as reply:
            return _read(reply, name)
    except (OSError, EOFError, http.client.HTTPException) as error:
        cure = "try again, or set CORPORA_DIR to a folder that holds the corpora"
        raise UserError(f"{url}: cannot be fetched ({error}); {cure}") from error


def fetch_pictures(names: Iterable[str], url: str, folder: Path) -> int:
    """Fetch each missing NAME.jpg of `folder` from `url`/NAME.png; how many were fetched.

    They are kept as JPEG of quality 85, at most 640 pixels long; no checksum is known of them.
    """
    from tqdm import tqdm  # noqa: PLC0415 - the registry is read without libraries too

    missing = [name for name in names if not (folder / name).is_file()]
    for name in tqdm(missing, desc=folder.name, unit="picture", disable=None):
        png = f"{url}/{quote(Path(name).with_suffix('.png').name)}"
        _put(folder / name, _as_jpeg(download(png, ""), png))
    return len(missing)


def _as_jpeg(data: bytes, url: str) -> bytes:
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(data)) as image:
            small = image.convert("RGB")
    except (OSError, Image.DecompressionBombError) as error:
        raise UserError(f"{url}: not a picture that can be read: {error}") from error
    small.thumbnail((640, 640))
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def _read(reply: Any, name: str) -> bytes:
    from tqdm import tqdm  # noqa: PLC0415

    length = int(reply.headers.get("Content-Length") or 0)
    data = bytearray()
    quiet = None if name else True  # None: where stderr is no terminal
    with tqdm(total=length, desc=name, unit="B", unit_scale=True, disable=quiet) as bar:
        while chunk := reply.read(CHUNK):
            data += chunk
            bar.update(len(chunk))
    if len(data) < length:
        raise EOFError(f"the connection ended after {len(data)} of {length} bytes")
    return bytes(data)


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error}") from error
