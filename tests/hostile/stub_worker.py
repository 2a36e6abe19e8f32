"""A worker without models: its answers, and whether it dies, are functions of the path alone.

So whoever knows the paths knows the rows. Speaks the protocol of model_package.worker.
"""

import hashlib
import json
import os
import signal
import sys
import time
from multiprocessing.connection import Connection

SHOWN = 1000  # characters of a path that count: what is longer may come cut
WAIT = "STUB_WAIT"  # variable: seconds that a row takes


def digest(path: str) -> int:
    """A number that only this path has."""
    told = path[:SHOWN].encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.sha256(told).digest()[:4], "big")


def row_of(path: str) -> bytes:
    """The row that `path` is to get, of a worker that lives."""
    number = digest(path) % 10_000
    return b"0.%04d\t%d\n" % (number, number > 5000)


def kills(path: str) -> bool:
    """Whether the worker dies of it, each time."""
    return digest(path) % 61 == 7


def prediction(path: str) -> dict[str, object]:
    """What the worker tells of it."""
    row = row_of(path)
    evidence = {"caption": "", "ocr_text": ""}
    proba, label = float(row[:6]), int(row[7:8])
    found = {"path": path, "evidence": evidence, "views": {}, "proba": proba, "label": label}
    return {**found, "fallback": None, "seconds": {}}


def main() -> None:
    """Answer batches until the connection closes."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))
    wait = float(os.environ.get(WAIT, "0"))

    def send(message: object) -> None:
        connection.send_bytes(json.dumps(message).encode())

    send({"ready": True})
    while True:
        try:
            paths = json.loads(connection.recv_bytes())["paths"]
        except EOFError:
            return
        for number, path in enumerate(paths):
            send({"beat": "ocr", "row": number})
            time.sleep(wait)
            if kills(path):
                os.kill(os.getpid(), signal.SIGSEGV)
        print("a stray print")
        send({"rows": [prediction(path) for path in paths]})


if __name__ == "__main__":
    main()
