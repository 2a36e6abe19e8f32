"""stderr with a cap: notes for the person who runs this, never a meme's words."""

import contextlib
import os
import threading

CAP = 64 * 1024


class Log:
    """Writes lines to a file descriptor until `cap` bytes are spent, then only counts them."""

    def __init__(self, target: int = 2, cap: int = CAP) -> None:
        self.target = target
        self.left = cap
        self.dropped = 0
        self.lock = threading.Lock()

    def __call__(self, message: str) -> None:
        """Write one line."""
        self.write(f"memesieve: {message}\n".encode("utf-8", "backslashreplace"))

    def write(self, data: bytes) -> None:
        """Write raw bytes, all or nothing."""
        with self.lock:
            if len(data) > self.left:
                self.dropped += 1
                return
            self.left -= len(data)
            _write(self.target, data)

    def close(self) -> None:
        """Say how much was left out, if anything was."""
        if self.dropped:
            _write(self.target, f"memesieve: {self.dropped} more notes were left out\n".encode())

    def follow(self, source: int) -> threading.Thread:
        """Pass on what arrives at the file descriptor `source`, in the background."""
        thread = threading.Thread(target=self._follow, args=(source,), daemon=True)
        thread.start()
        return thread

    def _follow(self, source: int) -> None:
        with os.fdopen(source, "rb") as stream:
            for line in stream:
                self.write(line)


def _write(target: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody reads stderr; that must not stop a run
        os.write(target, data)
