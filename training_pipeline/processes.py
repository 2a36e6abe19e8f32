"""Which one of several processes this is, under `accelerate launch`; knows nothing of their work.

The launcher starts the same command once for each device and tells every process its rank.
"""

import os
import sys


def is_main() -> bool:
    """Whether this process is the one that writes and prints; true where it is alone."""
    return int(os.environ.get("RANK", "0")) == 0


def count() -> int:
    """How many processes work together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def tell(message: str) -> None:
    """Print `message` on stderr, once: what all processes meet, the main one says."""
    if is_main():
        print(message, file=sys.stderr)


def wait() -> None:
    """Return when every process has come here."""
    from torch import distributed  # noqa: PLC0415

    if distributed.is_available() and distributed.is_initialized():
        distributed.barrier()
