"""The Docker engine: whether it answers, what it is told, and images that it holds or loads.

Knows nothing of runs.
"""

import http.client
import re
import socket
import subprocess
from functools import cache
from pathlib import Path

from model_package.errors import UserError

LIMIT = 25 * 2**30  # bytes of the compressed image that the judge takes
SECONDS = 10.0  # that the socket may take to answer


class LoadError(Exception):
    """An image that is not there, or a file that holds none."""


def require_engine() -> None:
    """Raise `UserError`, with the cure, when no Docker engine answers."""
    script = Path("docker/engine.sh").resolve()
    asked = subprocess.run([script], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise UserError(asked.stderr.strip().removeprefix("error: "))


def say(*words: str) -> subprocess.CompletedProcess[str]:
    """`docker WORDS`; what it answered."""
    line = ["docker", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def must(*words: str) -> str:
    """`docker WORDS`; its stdout. Raises `UserError` with what it said when it fails."""
    done = say(*words)
    if done.returncode:
        raise UserError(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def machine() -> tuple[int, int]:
    """The engine's processors, and its memory in bytes."""
    cpus, memory = must("info", "--format", "{{.NCPU}} {{.MemTotal}}").split()
    return int(cpus), int(memory)


def find_image(image: str) -> str:
    """The name of `image`, which is one or a file of `docker save`, compressed or not, that is
    loaded first. Raises `LoadError`."""
    if Path(image).is_file() or re.search(r"\.(tar|tar\.gz|tgz)$", image):
        return _load(Path(image))
    if say("image", "inspect", image).returncode:
        raise LoadError(f"no image is called {image!r}; build it with make image")
    return image


def _load(file: Path) -> str:
    if not file.is_file():
        raise LoadError(f"there is no file {str(file)!r}")
    if file.stat().st_size > LIMIT:
        raise LoadError(f"{file} has {file.stat().st_size:,} bytes; {LIMIT:,} are the most")
    done = say("load", "--input", str(file))
    names = re.findall(r"^Loaded image(?: ID)?: (\S+)$", done.stdout, re.MULTILINE)
    if done.returncode or not names:
        said = " ".join(done.stderr.split()) or "it holds no image"
        raise LoadError(f"{file}: {said}")
    return str(names[0])


def ask(path: str) -> bytes | None:
    """What the engine's socket answers to GET `path`; None where it has none or says no."""
    connection = http.client.HTTPConnection("docker", timeout=SECONDS)
    try:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(SECONDS)
        connection.sock.connect(_socket())
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@cache
def _socket() -> str:
    """The path of the engine's socket; empty for an engine on another machine."""
    host = say("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").stdout.strip()
    return host.removeprefix("unix://") if host.startswith("unix://") else ""
