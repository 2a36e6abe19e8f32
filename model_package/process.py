"""The supervisor's end of a worker process: start it, talk to it, end it."""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from model_package.options import Options

ROOT = Path(__file__).parent.parent
WAIT = 2.0  # seconds for a killed process to go
STALLED = 2  # seconds that a worker may stop amid a message, before it is as good as dead
BUSY = "RD"  # states of a thread that runs or would, or that waits for a disk
SACRIFICE = "500"  # of 1000: where memory is short, the worker is to die and not the supervisor


class WorkerProcess:
    """A running `model_package.worker`; see `promise.Worker` for what its methods promise.

    follow: takes a file descriptor from which the worker's stdout and stderr can be read.
    module: what to run; tests run worse workers.
    """

    def __init__(
        self,
        options: Options,
        follow: Callable[[int], Any],
        module: str = "model_package.worker",
    ) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", STALLED, 0))
        printed, printing = os.pipe()
        follow(printed)
        command = [sys.executable, "-m", module, str(theirs.fileno()), options.to_json()]
        with theirs, open(printing, "wb") as sink:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        _offer(self.process.pid)
        self.connection = Connection(ours.detach())
        self.outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self.sender = threading.Thread(target=self._deliver, name="sender", daemon=True)
        self.sender.start()
        self.ticks = -1  # of processor time

    def fileno(self) -> int:
        """Readable when there is something to receive, or the worker has died."""
        return self.connection.fileno()

    def send(self, message: Any) -> None:
        """Never waits, and never fails: that the worker has died, `receive` tells."""
        self.outbox.put(json.dumps(message).encode("ascii"))

    def _deliver(self) -> None:
        with contextlib.suppress(OSError):
            while (data := self.outbox.get()) is not None:
                self.connection.send_bytes(data)

    def receive(self) -> dict[str, Any]:
        """Raises EOFError or OSError when the worker has died, or stops amid a message."""
        return dict(json.loads(self.connection.recv_bytes()))

    def works(self) -> bool:
        """Whether it has used a processor since this was last asked, or waits for one or a disk.

        So does one whose child works: a compiler, say.
        """
        try:
            threads = [_thread(one) for one in _threads(self.process.pid)]
        except OSError:  # it has died just now; or a system that has no such files
            return True
        before, self.ticks = self.ticks, sum(ticks for _, ticks in threads)
        return self.ticks != before or any(state in BUSY for state, _ in threads)

    def kill(self) -> None:
        """Kill it, and do not wait until it is dead."""
        self.process.kill()

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it has not died by itself within `grace` seconds; tell how it ended."""
        code = self._wait(grace)
        if code is None:
            self.kill()
            code = self._wait(WAIT)
        if code is None:
            return "it would not die"
        self.outbox.put(None)
        self.sender.join(WAIT)  # else it might write to what gets this number next
        self.connection.close()
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def _wait(self, seconds: float) -> int | None:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def _threads(process: int) -> Iterator[Path]:
    """Folders of its threads, and of those of all that it started."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        yield thread
        with contextlib.suppress(FileNotFoundError):  # a kernel that does not tell of children
            for child in (thread / "children").read_text().split():
                yield from _threads(int(child))


def _thread(folder: Path) -> tuple[str, int]:
    """State and processor time in ticks of one thread; see proc(5)."""
    fields = (folder / "stat").read_text().rpartition(") ")[2].split()
    return fields[0], int(fields[11]) + int(fields[12])


def _offer(process: int) -> None:
    """To the killer that the kernel calls when memory has run out."""
    with contextlib.suppress(OSError):  # it is offered more than that already
        Path(f"/proc/{process}/oom_score_adj").write_text(SACRIFICE)


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
