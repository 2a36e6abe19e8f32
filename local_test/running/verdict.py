"""The status that the leaderboard would give, and why; knows nothing of how it was found."""

import signal
from dataclasses import dataclass

from local_test.form import Fault
from local_test.running.leak import Growth

OK = "OK"
FORMAT = "Output Format Error"
TIME = "Time Limit Exceeded"
RESOURCE = "Resource Limit Exceeded"
LOAD = "load docker image error"
ERROR = "Error"
LEAK = "Memory Leak"  # not of the leaderboard's: it refuses a leak only once memory is spent


@dataclass(frozen=True)
class Verdict:
    """One of the statuses above, and what there is to say about it."""

    status: str
    detail: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the leaderboard would take it, and nothing leaks."""
        return self.status == OK

    def __str__(self) -> str:
        text = f"{self.status}: {self.detail}" if self.detail else self.status
        return f"accepted: {text}" if self.accepted else f"REFUSED: {text}"


def decide(
    stopped: Verdict | None, code: int, ran_out: bool, fault: Fault | None, leak: str
) -> Verdict:
    """The first that applies: why it was stopped, memory, its exit code, its rows, a leak."""
    if stopped and stopped.status != FORMAT:
        return stopped
    if ran_out and code and not stopped:
        return Verdict(RESOURCE, "memory: the kernel ended it for want of memory")
    if code and not stopped:
        return Verdict(ERROR, _ending(code))
    if fault:
        return Verdict(FORMAT, str(fault))
    return Verdict(LEAK, leak) if leak else Verdict(OK)


def leaking(memory: Growth | None, gpu: Growth | None) -> str:
    """What leaks, by how much; empty where nothing does."""
    kinds = (("memory", memory), ("GPU memory", gpu))
    return "; ".join(f"{name} grows by {one}" for name, one in kinds if one and one.leaks)


def _ending(code: int) -> str:
    """An exit code in words; a shell, and Docker, say 128 + N for signal N."""
    number = -code if code < 0 else code - 128
    if number in {one.value for one in signal.Signals}:
        return f"exit code {code}, by signal {signal.Signals(number).name}"
    return f"exit code {code}"
