"""What became of a run: the values that `run.json` holds, and one line of facts for a person."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from local_test.running.verdict import Verdict

MANIFEST = "run.json"


@dataclass(frozen=True)
class Outcome:
    """seconds: until it had ended. leak_mib_per_1000_rows: the slope, leak or not; None where
    there were too few rows to judge. peak_mib: None where memory could not be asked for."""

    status: str
    detail: str
    command: list[str]
    rows: int
    lines: int
    seconds: float
    exit_code: int
    log_bytes: int
    leak_mib_per_1000_rows: float | None
    gpu_leak_mib_per_1000_rows: float | None
    peak_mib: float | None
    peak_gpu_mib: float | None

    @property
    def verdict(self) -> Verdict:
        """The status with its detail."""
        return Verdict(self.status, self.detail)


def write_manifest(outcome: Outcome, output: Path, **settings: str) -> None:
    """Write `run.json` with `settings`, whole or not at all."""
    part = output / f"{MANIFEST}.part"
    part.write_text(json.dumps({**asdict(outcome), **settings}, indent=2) + "\n")
    part.replace(output / MANIFEST)


def facts(outcome: Outcome, output: Path) -> str:
    """Rows, time, memory, what it grows by, log, where the files lie, and fallbacks."""
    parts = [
        f"{outcome.rows} rows for {outcome.lines} lines in {outcome.seconds:.1f} s",
        _memory(outcome),
        f"{outcome.log_bytes:,} bytes of log",
        f"all in {output}",
    ]
    return ", ".join(parts) + _fallbacks(output / "stderr.csv")


def last_notes(output: Path, most: int = 5) -> list[str]:
    """The end of the program's log, without what could move a terminal's cursor."""
    lines = (output / "stderr.csv").read_bytes()[-most * 400 :].decode("utf-8", "replace")
    return ["".join(filter(str.isprintable, one))[:200] for one in lines.splitlines()[-most:]]


def _memory(outcome: Outcome) -> str:
    if outcome.peak_mib is None:
        return "memory unknown"
    slope = outcome.leak_mib_per_1000_rows
    growth = (
        "too few rows or samples to judge" if slope is None else f"{slope:.1f} MiB a thousand rows"
    )
    gpu = "" if outcome.peak_gpu_mib is None else f" and {outcome.peak_gpu_mib:,.0f} of the GPU"
    return f"at most {outcome.peak_mib:,.0f} MiB{gpu} (growth: {growth})"


def _fallbacks(log: Path) -> str:
    found = re.search(rb"(\d+) of them fallbacks", log.read_bytes())
    return f"; {int(found[1])} OF THEM ARE FALLBACKS, see stderr.csv" if found else ""
