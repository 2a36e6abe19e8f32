"""Decodes the files named on stdin as a worker does, under limits; one JSON line a file.

    python -m tests.hostile.decoder MIB SECONDS

MIB: of memory beyond what the process has when it begins. SECONDS: of work on one
file, after which the process dies. Tests read what it printed; a file that kills it has no line.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import Image

from model_package import worker
from model_package.images import ImageError, load_image
from model_package.profile import Limits

LIMITS = Limits()


def main() -> None:
    """Answer each line of stdin."""
    mib, seconds = float(sys.argv[1]), float(sys.argv[2])
    worker._prepare_libraries(Connection(os.open(os.devnull, os.O_RDWR)))
    Image.init()
    most = _status("VmSize") + int(mib * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for path in _lines():
        signal.setitimer(signal.ITIMER_PROF, seconds)
        print(json.dumps(decode(path)), flush=True)


def decode(path: str) -> dict[str, object]:
    """What became of one file: its size or the reason, seconds, and MiB at the highest."""
    Path("/proc/self/clear_refs").write_text("5")  # forgets the highest memory so far
    before, start = _status("VmRSS"), time.process_time()
    found: dict[str, object] = {}
    try:
        image = load_image(path, LIMITS)
        found = {"size": image.size, "mode": image.mode}
        del image
    except ImageError as error:
        found = {"reason": str(error)}
    except BaseException as error:
        found = {"escaped": f"{type(error).__name__}: {error}"}
    seconds = time.process_time() - start
    return found | {"seconds": seconds, "mib": (_status("VmHWM") - before) / 2**20}


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield os.fsdecode(bytes.fromhex(line.decode()))


def _status(key: str) -> int:
    text = Path("/proc/self/status").read_text()
    return 1024 * int(text.split(f"{key}:")[1].split()[0])


if __name__ == "__main__":
    main()
