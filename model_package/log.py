"""stderr with a cap: notes for the person who runs this, never a meme's words."""

import contextlib
import os
import threading

from model_package.lookout import can_write

CAP = 48 * 1024  # bytes in all; less than a pipe holds
CHUNK = 1 << 16
KEPT_BACK = 4 * 1024  # of them, for the notes that must not be lost
OWN = b"memesieve: "


class Log:
    """Writes lines to a file descriptor until `cap` bytes are spent, then only counts them."""

    def __init__(self, target: int = 2, cap: int = CAP) -> None:
        self.target = target
        self.left = cap
        self.dropped = 0
        self.withheld = 0
        self.lock = threading.Lock()

    def __call__(self, message: str, final: bool = False) -> None:
        """Write one line; a `final` one may use what is kept back."""
        data = OWN + f"{message}\n".encode("utf-8", "backslashreplace")
        with self.lock:
            if len(data) > self.left - (0 if final else KEPT_BACK) or not _write(self.target, data):
                self.dropped += 1
                return
            self.left -= len(data)

    def close(self) -> None:
        """Say how much was left out, if anything was."""
        if self.dropped:
            self(f"{self.dropped} more notes were left out", final=True)
        if self.withheld:
            self(f"{self.withheld} lines printed by libraries were withheld", final=True)

    def follow(self, source: int) -> threading.Thread:
        """Count, in the background, the lines that libraries print: they may quote a meme."""
        thread = threading.Thread(target=self._follow, args=(source,), daemon=True)
        thread.start()
        return thread

    def _follow(self, source: int) -> None:
        with os.fdopen(source, "rb", buffering=0) as stream:
            while data := stream.read(CHUNK):
                self.withheld += data.count(b"\n")


def _write(target: int, data: bytes) -> bool:
    """Whether it was written: a stderr that nobody reads must neither stop nor hold up a run."""
    with contextlib.suppress(OSError):
        return can_write(target, 0.0) and os.write(target, data) == len(data)
    return False
