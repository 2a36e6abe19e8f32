"""One line of the doctor's report, and the guards that keep a sick machine from stopping it.

Knows nothing of what is looked for.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

OK, MISSING, NOTE = "ok", "missing", "note"  # there; not there; there or not, worth knowing


@dataclass(frozen=True)
class Finding:
    """name: what was looked for. found: what there is. without: what works all the same, or
    what does not. cure: how to get it; an exact command where there is one."""

    name: str
    mark: str
    found: str
    without: str = ""
    cure: str = ""


@dataclass(frozen=True)
class Check:
    """A look at the machine. name: of its line, should it fail; it may find several things."""

    name: str
    look: Callable[[], Iterable[Finding]]
    seconds: float = 30.0


def run_checks(checks: Iterable[Check]) -> list[Finding]:
    """What all checks found, in their order; they run side by side, each in its own time.

    One that fails or takes too long is a single line.
    """
    waiting = [_start(check) for check in checks]
    return [finding for wait in waiting for finding in wait()]


def _start(check: Check) -> Callable[[], list[Finding]]:
    """Begin `check`; what is returned waits for its findings."""
    found: list[Finding] = []

    def work() -> None:
        try:
            found.extend(check.look())
        except Exception as error:  # whatever it is, the other lines still count
            reason = " ".join(str(error).split()) or "no reason given"
            said = f"the check failed: {type(error).__name__}: {reason}"
            found[:] = [Finding(check.name, NOTE, said)]

    thread = threading.Thread(target=work, daemon=True)  # a stuck one must not hold the exit
    thread.start()

    def wait() -> list[Finding]:
        thread.join(check.seconds)
        slow = f"no answer within {check.seconds:.0f} seconds"
        return [Finding(check.name, NOTE, slow)] if thread.is_alive() else found

    return wait


def ask(command: list[str], seconds: float = 15.0) -> str | None:
    """What `command` printed; None where there is no such program.

    Raises `RuntimeError` with its last words where it fails, or is killed for taking too long.
    """
    if shutil.which(command[0]) is None:
        return None
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RuntimeError(f"{command[0]}: no answer within {seconds:.0f} seconds") from None
    if process.returncode:
        words = (err.strip() or out.strip()).splitlines()
        raise RuntimeError(words[-1] if words else f"{command[0]}: exit code {process.returncode}")
    return out.strip()


def _end(process: subprocess.Popen[str]) -> None:
    """Kill it and its children, one of which might keep the pipes open."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
