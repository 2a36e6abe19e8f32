"""What the machine has: GPU, processors, memory, disk."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from local_test.checks.finding import MISSING, NOTE, OK, Finding, ask
from local_test.checks.packages import installed
from model_package.hardware import CGROUPS, cpu_count

GIB = 2**30
UNLIMITED = 2**60  # cgroups of the first version say so by a number near 2**63
ROOM = 20 * GIB  # of disk: an image, its wheels and its parts while one is built
LEAST = 4 * GIB  # of memory: the challenge's guide gives a container that much
BIG_ENOUGH = 15_000  # MiB of a GPU: a 16 GB card
QUERY = "name,memory.total,compute_cap,driver_version"
NO_GPU = "pocket needs none; PROFILE=ospc does"
NVIDIA = "install NVIDIA's driver (Debian, non-free: sudo apt-get install nvidia-driver)"
TORCH = (
    "import torch; n = torch.cuda.device_count() if torch.cuda.is_available() else 0; "
    "print(n, 'built for CUDA ' + torch.version.cuda if torch.version.cuda else 'a CPU build')"
)


def gpu() -> Iterator[Finding]:
    """Each GPU that nvidia-smi tells of, and what its compute capability means here."""
    try:
        said = ask(["nvidia-smi", f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"])
    except RuntimeError as error:
        yield Finding(
            "gpu", MISSING, f"nvidia-smi: {error}", NO_GPU, "nvidia-smi, until it answers"
        )
        return
    if not said:
        yield Finding("gpu", MISSING, "no NVIDIA driver answers", NO_GPU, NVIDIA)
        return
    for line in said.splitlines():
        yield _card(*(word.strip() for word in line.split(",")))


def _card(name: str, memory: str, capability: str, driver: str) -> Finding:
    found = f"{name}, {memory} MiB, compute capability {capability}, driver {driver}"
    if memory.isdigit() and int(memory) < BIG_ENOUGH:
        cure = "use a GPU with 16 GB, or PROFILE=pocket"
        without = "pocket works; ospc wants 16 GB"
        return Finding("gpu", MISSING, f"{found}: too small", without, cure)
    if float(capability) < 8:
        found += "; half precision is fp16 (no bf16 before 8.0), and no Marlin kernels"
        return Finding("gpu", OK, found, "the profile's kernel 'packed' works on it")
    return Finding("gpu", OK, found)


def torch_gpu() -> Iterator[Finding]:
    """Whether torch, asked in a process of its own, sees a GPU."""
    if installed("torch") is None:
        yield Finding(
            "torch's GPU", MISSING, "no torch is installed", "nothing is scored", "make run"
        )
        return
    said = ask([sys.executable, "-c", TORCH], 90) or "0 no answer"
    count, _, build = said.splitlines()[-1].partition(" ")
    if count != "0":
        yield Finding("torch's GPU", OK, f"torch sees {count} ({build})")
        return
    cure = "on a machine with a GPU: rm -r .venv && make run, which picks torch's CUDA build"
    yield Finding("torch's GPU", MISSING, f"torch sees none ({build})", NO_GPU, cure)


def processors() -> Iterator[Finding]:
    """How many processors this process may keep busy."""
    usable, there = cpu_count(), os.cpu_count() or 1
    cut = f", of {there}: affinity or a cgroup allows no more" if usable < there else ""
    yield Finding("processors", OK, f"{usable}{cut}")


def memory(cgroups: Path = CGROUPS) -> Iterator[Finding]:
    """The machine's memory, and a cgroup's limit on it."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kib = {key: int(rest.split()[0]) for key, _, rest in (one.partition(":") for one in lines)}
    total, free = kib["MemTotal"] * 1024, kib["MemAvailable"] * 1024
    limit = memory_limit(cgroups)
    found = f"{total / GIB:.1f} GiB, {free / GIB:.1f} free"
    found += f", {limit / GIB:.1f} allowed by a cgroup" if limit else ""
    if min(free, limit or free) >= LEAST:
        yield Finding("memory", OK, found)
    else:
        cure = "end other programs, or raise the container's --memory"
        yield Finding("memory", NOTE, found, "scoring wants up to 4 GiB", cure)


def memory_limit(cgroups: Path = CGROUPS) -> int | None:
    """Bytes that this container may use; None where there is no limit."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        file = cgroups / name
        words = file.read_text(encoding="ascii").strip() if file.is_file() else ""
        if words.isdigit() and int(words) < UNLIMITED:
            return int(words)
    return None


def disk(folder: Path) -> Iterator[Finding]:
    """Room on the disk that the project lies on."""
    free = shutil.disk_usage(folder).free
    found = f"{free / GIB:.1f} GiB free in {folder}"
    if free >= ROOM:
        yield Finding("disk", OK, found)
    else:
        without = "what is installed works; an image with its parts may want up to 20 GiB"
        yield Finding("disk", NOTE, found, without, "make clean; docker system prune")
