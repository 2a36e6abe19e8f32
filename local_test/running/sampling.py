"""Memory over time, beside the rows written by then: sampled by a thread, into a CSV file.

Knows neither Docker nor processes: it is handed what to ask.
"""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TextIO

HEADER = "seconds,rows,memory_mib,gpu_mib\n"
SOONEST, LATEST = 0.02, 0.5  # seconds between samples: of a run's first moments, and of hours
GPU_QUERY = (
    *("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"),
    *("--id=0", "--loop-ms=500"),
)


class Sample(NamedTuple):
    """What was in use once `rows` rows were written; None where it is not known."""

    seconds: float
    rows: int
    memory_mib: float
    gpu_mib: float | None


class Sampler:
    """Samples from `start` to `stop`; `samples` may be read meanwhile."""

    def __init__(
        self, memory: Callable[[], float | None], rows: Callable[[], int], gpu: "Gpu", file: Path
    ) -> None:
        self.memory, self.rows, self.gpu, self.file = memory, rows, gpu, file
        self.samples: list[Sample] = []
        self.began = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """End, and close the file."""
        self.over.set()
        self.thread.join()

    def _run(self) -> None:
        with self.file.open("w", encoding="ascii", buffering=1) as file:
            file.write(HEADER)
            seconds = 0.0
            while not self.over.wait(min(LATEST, max(SOONEST, seconds / 100))):
                self._sample(file)
                seconds = time.monotonic() - self.began

    def _sample(self, file: TextIO) -> None:
        rows, memory = self.rows(), self.memory()
        if memory is None:
            return
        one = Sample(time.monotonic() - self.began, rows, memory, self.gpu.mib)
        self.samples.append(one)
        gpu = "" if one.gpu_mib is None else f"{one.gpu_mib:.0f}"
        file.write(f"{one.seconds:.2f},{rows},{memory:.2f},{gpu}\n")


class Gpu:
    """What is in use on the first GPU, whoever uses it, as nvidia-smi says; `mib` is None
    where there is none."""

    def __init__(self) -> None:
        self.mib: float | None = None
        self.process: subprocess.Popen[str] | None = None
        try:
            self.process = subprocess.Popen(
                GPU_QUERY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        except OSError:
            return
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            if line.strip().isdigit():
                self.mib = float(line)

    def end(self) -> None:
        """End nvidia-smi."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
