"""A worker that behaves as the paths say: die, hang, print, be slow, or answer half."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

COMPILE = "import time; end = time.monotonic() + 3\nwhile time.monotonic() < end:\n    pass"
Send = Callable[[object], None]


def stall() -> None:
    """Stop in the midst of a message."""
    os.write(int(sys.argv[1]), struct.pack("!i", 1000) + b"{")
    time.sleep(600)


def compute(seconds: float) -> None:
    """Use a processor, and say nothing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def answer(path: str, savings: list[str]) -> dict[str, object]:
    """A prediction that names its row, after the mischief that the path asks for.

    The caption of the evidence tells which savings were asked for.
    """
    if path.startswith("die"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if path.startswith("stall"):
        stall()
    if path.startswith("stop"):
        os.kill(os.getpid(), signal.SIGSTOP)
    if path.startswith("compute"):
        compute(3)
    if path.startswith("compile"):
        subprocess.run([sys.executable, "-c", COMPILE], check=True)
    if path.startswith("hang"):
        time.sleep(600)
    if path.startswith("slow"):
        time.sleep(0.2)
    if path.startswith("long"):
        time.sleep(0.7)
    if path.startswith("dear"):
        time.sleep(0.01 if savings else 0.1)
    if path.startswith("once") and not os.path.exists(path[5:]):
        open(path[5:], "w").close()
        sys.exit(3)
    print("a library's stray print")
    evidence = {"caption": " ".join(savings), "ocr_text": ""}
    proba = float("nan") if path == "nan" else 0.25
    row = {"path": path, "evidence": evidence, "views": {}, "proba": proba, "label": 0}
    return {**row, "fallback": None, "seconds": {}}


def answers(paths: list[str], savings: list[str], send: Send) -> list[dict[str, object]]:
    """A prediction a row, with a sign of life before each; one too few when a path says so."""
    rows = []
    if "nonsense" in paths:
        send([1, 2])
    for number, path in enumerate(paths):
        send({"beat": "ocr", "row": number})
        rows.append(answer(path, savings))
    return rows[1:] if "half" in paths else rows


def _is_second(mischief: str) -> bool:
    """Whether a mark tells that it was done once already, and once is to be enough."""
    _, _, mark = mischief.partition(" once ")
    second = os.path.exists(mark)
    if mark:
        open(mark, "w").close()
    return second


def main() -> None:
    """Speak the protocol of model_package.worker."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))

    def send(message: object) -> None:
        connection.send_bytes(json.dumps(message).encode())

    mischief = os.environ.get("BAD_WORKER", "")
    if mischief == "refuse" or os.path.exists(mischief.removeprefix("refuse after ")):
        send({"refused": "no such thing"})
        sys.exit(0)
    if mischief == "unborn":
        sys.exit(1)
    if mischief.startswith("stillborn") and not _is_second(mischief):
        time.sleep(600)
    send({"ready": True})
    while True:
        try:
            batch = json.loads(connection.recv_bytes())
        except EOFError:
            return
        send({"rows": answers(batch["paths"], batch["savings"], send)})


main()
