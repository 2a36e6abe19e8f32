"""What a worker does without while it starts: packages nobody needs, and the collection of garbage.

Libraries look for optional packages, and import for seconds whatever they find. A container holds
none of these; where they are installed, for training, the worker does not see them.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNNEEDED = ("accelerate", "peft", "scipy", "sklearn", "torchao", "torchvision")
PLAIN = ("unpack", "packed")  # ways to load GPTQ weights that need nothing but torch


def hide(kernel: str) -> None:
    """Make this process take what `kernel` does not need for not installed."""
    if kernel in PLAIN:
        for name in UNNEEDED:
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # "there is none"


@contextmanager
def undisturbed() -> Iterator[None]:
    """No collection inside, and none ever of what was made there.

    Loading makes a million objects that all stay: to look through them again and again takes more
    than a second.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
