"""What is run and watched: a container, or a plain process; how each does it is its own affair."""

import subprocess
from typing import Protocol


class Subject(Protocol):
    """A started program. Its stdin is a file, its stdout and stderr are pipes of `process`."""

    command: list[str]
    process: subprocess.Popen[bytes]
    begun: float
    """When it was started, by the monotonic clock."""
    watched_mib: float | None
    """Memory that the watcher must hold it to; None where the kernel does."""

    def memory(self) -> float | None:
        """MiB in use now, by all its processes, without pages of file cache; None if unknown."""

    def ran_out(self) -> bool:
        """Whether the kernel ended a process of it for memory; asked once it has ended."""

    def end(self) -> None:
        """End it and all that it started, and leave nothing of it behind; may be called twice."""
