"""The programs that are no part of Python: a Docker engine, and a browser."""

from collections.abc import Iterator

from local_test.checks.finding import MISSING, OK, Finding, ask

TOOLKIT = (
    "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"
)


def docker() -> Iterator[Finding]:
    """The engine, and whether it hands GPUs to containers."""
    without = "make run and make test work; no image is built or run"
    try:
        version = ask(["docker", "version", "--format", "{{.Server.Version}}"])
    except RuntimeError as error:
        yield Finding("docker", MISSING, str(error), without, _engine_cure(str(error)))
        return
    if not version:
        cure = "Debian: sudo apt-get install docker.io"
        yield Finding("docker", MISSING, "no docker command", without, cure)
        return
    yield Finding("docker", OK, f"engine {version}")
    runtimes = ask(["docker", "info", "--format", "{{json .Runtimes}}"]) or ""
    if '"nvidia"' in runtimes:
        yield Finding("docker's GPU", OK, "the engine has the nvidia runtime")
    else:
        without = "images of DEVICE=cpu run; those of DEVICE=cuda see no GPU"
        cure = f"install nvidia-container-toolkit: {TOOLKIT}"
        yield Finding("docker's GPU", MISSING, "the engine has no nvidia runtime", without, cure)


def _engine_cure(said: str) -> str:
    if "permission denied" in said:
        return "sudo usermod -aG docker $USER, then log in again"
    return "sudo systemctl start docker (without systemd: sudo dockerd &)"


def browser() -> Iterator[Finding]:
    """Debian's Chromium, which the report's tests click in."""
    said = ask(["chromium", "--version"])
    if said:
        yield Finding("chromium", OK, said.splitlines()[-1])
    else:
        without = "reports are made and open in any browser; their tests are skipped"
        cure = "Debian: sudo apt-get install chromium"
        yield Finding("chromium", MISSING, "no chromium command", without, cure)
