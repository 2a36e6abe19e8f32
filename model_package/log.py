"""stderr with a cap: notes for the person who runs this, never a meme's words."""

import contextlib
import os
import threading

CAP = 48 * 1024  # bytes in all; less than a pipe holds, so that one nobody reads stops no run
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
        self._line(OWN + f"{message}\n".encode("utf-8", "backslashreplace"), final)

    def close(self) -> None:
        """Say how much was left out, if anything was."""
        if self.dropped:
            self(f"{self.dropped} more notes were left out", final=True)
        if self.withheld:
            self(f"{self.withheld} lines printed by libraries were withheld", final=True)

    def _line(self, data: bytes, final: bool = False) -> None:
        with self.lock:
            if len(data) > self.left - (0 if final else KEPT_BACK):
                self.dropped += 1
                return
            self.left -= len(data)
            _write(self.target, data)

    def follow(self, source: int) -> threading.Thread:
        """Pass on our own notes from the file descriptor `source`, in the background.

        What libraries print there may quote a meme, so it is only counted.
        """
        thread = threading.Thread(target=self._follow, args=(source,), daemon=True)
        thread.start()
        return thread

    def _follow(self, source: int) -> None:
        with os.fdopen(source, "rb") as stream:
            for line in stream:
                if line.startswith(OWN):
                    self._line(line)
                else:
                    self.withheld += 1


def _write(target: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody reads stderr; that must not stop a run
        os.write(target, data)
