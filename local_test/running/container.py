"""A container under the contract's own run command: its flags, its jail, its memory, its end.

Knows only Docker: its command line, and its socket for what a container has in use.
"""

import json
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from local_test.running import cgroup, engine
from local_test.running.presets import Preset
from local_test.running.stale import mark

NETWORK = "exec_env_jail_network"
SUBNET = "172.20.0.0/16"
EVIDENCE = "/evidence.jsonl"
HARDENING = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def evidence_flags(file: Path) -> tuple[str, ...]:
    """Beside the guide's own: this project's image writes its evidence into `file`."""
    mount = f"type=bind,source={file},target={EVIDENCE}"
    return ("--mount", mount, "--env", f"MEMESIEVE_EVIDENCE={EVIDENCE}")


@dataclass
class Container:
    """`Subject` for a container called `name`; the kernel holds it to its memory."""

    command: list[str]
    process: subprocess.Popen[bytes]
    name: str
    begun: float
    watched_mib: float | None = None
    figures: Path | None = None

    def memory(self) -> float | None:
        """MiB of its cgroup: read here where it lies on this machine, else asked of the engine,
        which takes a second to answer."""
        self.figures = self.figures or self._find()
        if self.figures:
            return cgroup.memory_mib(cgroup.read(self.figures))
        said = engine.ask(f"/containers/{self.name}/stats?stream=false&one-shot=true")
        found = json.loads(said or "{}").get("memory_stats", {}).get("stats") or {}
        return cgroup.memory_mib(found)

    def _find(self) -> Path | None:
        said = engine.say("inspect", "--format", "{{.State.Pid}} {{.Id}}", self.name).stdout.split()
        return cgroup.find(int(said[0]), said[1]) if len(said) == 2 else None

    def ran_out(self) -> bool:
        """Docker's `State.OOMKilled`: whether the kernel ended any process in it."""
        form = ("--format", "{{.State.OOMKilled}}")
        return engine.say("container", "inspect", *form, self.name).stdout.strip() == "true"

    def end(self) -> None:
        """Remove it, running or not; its client first, for the engine waits for one whose pipes
        are full, and once more, as the engine may have been about to make it."""
        running = self.process.poll() is None
        self.process.kill()
        self.process.wait()
        if not self._remove() and running:
            time.sleep(0.5)
            self._remove()

    def _remove(self) -> bool:
        return engine.say("rm", "--force", "--volumes", self.name).returncode == 0


def command(image: str, images: Path, preset: Preset, *, gpu: bool) -> list[str]:
    """The guide's own command; `--gpus` only where there is one."""
    mount = f"type=bind,source={images.resolve()},target=/images,readonly"
    tmp = "type=tmpfs,destination=/tmp,tmpfs-size=5368709120,tmpfs-mode=1777"
    return [
        *("docker", "run", "--init"),
        *("--attach", "stdin", "--attach", "stdout", "--attach", "stderr"),
        *("--cpus", f"{preset.cpus:g}", *(("--gpus", "device=0") if gpu else ())),
        *("--memory", preset.memory, "--memory-swap", "0"),
        *("--ulimit", "nproc=1024", "--ulimit", "nofile=1024"),
        *("--network", NETWORK, "--read-only"),
        *("--mount", mount, "--mount", tmp),
        *("--interactive", image),
    ]


def start(
    line: list[str], stdin: BinaryIO, extra: tuple[str, ...] = (), arguments: tuple[str, ...] = ()
) -> Container:
    """Start `line`, a `command`, with a name and a mark to find it by and no copy of its streams
    kept by the engine; then `extra` flags, and `arguments` for the program in it."""
    name = f"memesieve-run-{uuid.uuid4().hex[:12]}"
    *flags, image = line
    own = ("--name", name, *mark(), "--log-driver", "none")
    full = [*flags, *own, *extra, image, *arguments]
    pipe = subprocess.PIPE
    begun = time.monotonic()
    process = subprocess.Popen(full, stdin=stdin, stdout=pipe, stderr=pipe, start_new_session=True)
    return Container(full, process, name, begun)


def ensure_network() -> None:
    """Make the jail's network, from which nothing outside can be reached, unless it is there."""
    if engine.say("network", "inspect", NETWORK).returncode:
        kind = ("--driver", "bridge", "--internal", "--subnet", SUBNET)
        engine.must("network", "create", *kind, NETWORK)


def has_gpu() -> bool:
    """Whether NVIDIA's driver answers on this machine."""
    try:
        asked = subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0
