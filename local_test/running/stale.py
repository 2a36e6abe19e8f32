"""Containers whose judge is gone: one that was killed could not remove its own.

Knows only Docker's labels, and which processes live on this machine.
"""

import socket

import psutil

from local_test.running import engine

LABEL = "memesieve.judge"
SHOWN = f'{{{{.ID}}}} {{{{.Label "{LABEL}"}}}}'


def mark() -> tuple[str, ...]:
    """The flags that say whose a container is: this machine's process of this number, begun
    then, as numbers of processes come again."""
    return ("--label", f"{LABEL}={_judge(psutil.Process())}")


def remove_stale() -> int:
    """Remove the containers of this machine's judges that live no more; how many there were."""
    said = engine.say("ps", "--all", "--filter", f"label={LABEL}", "--format", SHOWN).stdout
    living = {_judge(process) for process in psutil.process_iter(["pid"])}
    found = [line.split(" ", 1) for line in said.splitlines()]
    stale = [name for name, judge in found if _is_here(judge) and judge not in living]
    for name in stale:
        engine.say("rm", "--force", "--volumes", name)
    return len(stale)


def _judge(process: psutil.Process) -> str:
    try:
        begun = process.create_time()
    except psutil.Error:
        begun = 0.0
    return f"{socket.gethostname()}/{process.pid}/{begun:.2f}"


def _is_here(judge: str) -> bool:
    return judge.startswith(f"{socket.gethostname()}/")
