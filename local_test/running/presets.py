"""How much a run may use: the guide's figures, the official machine's, and the flags' own.

Knows nothing of Docker or of processes. Figures are those of the submission guide; how long the
log may be it does not say, so the cap here is a cautious one: what a pipe holds.
"""

import re
from dataclasses import dataclass

from model_package.errors import UserError

MIB = 2**20
UNITS = {"": 1, "b": 1, "k": 2**10, "m": MIB, "g": 2**30, "t": 2**40}
HOURS = 3600.0


@dataclass(frozen=True)
class Preset:
    """cpus: processors' worth of time. memory: as Docker writes it, `4g`. seconds: until the
    container must have ended. log_bytes: of stderr. gpu: whether one is lent."""

    cpus: float
    memory: str
    seconds: float = 2.5 * HOURS
    log_bytes: int = 64 * 2**10
    gpu: bool = True

    @property
    def memory_mib(self) -> float:
        """The memory in MiB."""
        return size(self.memory) / MIB


PRESETS = {"guide": Preset(cpus=2, memory="4g"), "official": Preset(cpus=6, memory="60g")}


def size(text: str) -> int:
    """Bytes of a size as Docker writes it: `512m`, `4g`, `4GiB`; raises `UserError`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?", text.strip().lower())
    if not found or not float(found[1]):
        raise UserError(f"{text!r} is no size; write one such as 512m or 4g")
    return int(float(found[1]) * UNITS[found[2]])
