"""Makes the container's worker hang; mounted as sitecustomize.py, told by MISCHIEF how.

`load`: each worker stands still before it loads anything. `reload`: each but the first. `row`:
whoever opens a picture called hang.png stands still; `spin`: computes in a loop instead. The
worker's own code is that of the image.
"""

import os
import sys
import threading
import time

WAYS = os.environ.get("MISCHIEF", "").split()
MARK = "/tmp/first"


def hang() -> None:
    """For ever."""
    while True:
        if "spin" not in WAYS:
            time.sleep(600)


def meddle() -> None:
    """Put ourselves before the reading of pictures, once that can be had."""
    while not hasattr(sys.modules.get("model_package.pipeline"), "read_file"):
        time.sleep(0.01)
    pipeline = sys.modules["model_package.pipeline"]
    honest = pipeline.read_file

    def read_file(path: str, *others: object) -> object:
        if path.endswith("/hang.png"):
            hang()
        return honest(path, *others)

    pipeline.read_file = read_file  # type: ignore[attr-defined]


def is_second() -> bool:
    """Whether a worker came before this one."""
    known = os.path.exists(MARK)
    open(MARK, "w").close()
    return known


if "model_package.worker" in sys.orig_argv:
    if "load" in WAYS or ("reload" in WAYS and is_second()):
        hang()
    if {"row", "spin"} & set(WAYS):
        threading.Thread(target=meddle, daemon=True).start()
