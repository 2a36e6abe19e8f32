"""The supervisor's end of a worker process: start it, talk to it, end it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from model_package.options import Options

ROOT = Path(__file__).parent.parent


class WorkerProcess:
    """A running `model_package.worker`; see `supervisor.Worker` for what its methods promise.

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
        printed, printing = os.pipe()
        command = ["-m", module, str(theirs.fileno()), options.to_json()]
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=printing,
                stderr=printing,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        os.close(printing)
        follow(printed)
        self.connection = Connection(ours.detach())

    def fileno(self) -> int:
        """Readable when there is something to receive, or the worker has died."""
        return self.connection.fileno()

    def send(self, message: Any) -> None:
        """Raises OSError when the worker has died."""
        self.connection.send_bytes(json.dumps(message).encode("ascii"))

    def receive(self) -> dict[str, Any]:
        """Raises EOFError or OSError when the worker has died."""
        return dict(json.loads(self.connection.recv_bytes()))

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it has not died by itself within `grace` seconds; tell how it ended."""
        self.connection.close()
        try:
            code = self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
