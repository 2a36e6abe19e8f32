"""A worker that behaves as the paths say: die, hang, print, or answer half."""

import json
import os
import signal
import sys
import time
from multiprocessing.connection import Connection


def answer(path: str) -> dict[str, object]:
    """A prediction that names its row, after the mischief that the path asks for."""
    if path.startswith("die"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if path.startswith("hang"):
        time.sleep(600)
    if path.startswith("slow"):
        time.sleep(0.2)
    if path.startswith("once") and not os.path.exists(path[5:]):
        open(path[5:], "w").close()
        sys.exit(3)
    print("a library's stray print")
    evidence = {"caption": "", "ocr_text": ""}
    proba = float("nan") if path == "nan" else 0.25
    row = {"path": path, "evidence": evidence, "views": {}, "proba": proba, "label": 0}
    return {**row, "fallback": None, "seconds": {}}


def main() -> None:
    """Speak the protocol of model_package.worker."""
    connection = Connection(int(sys.argv[1]))
    mischief = os.environ.get("BAD_WORKER", "")
    if mischief == "refuse" or os.path.exists(mischief.removeprefix("refuse after ")):
        connection.send_bytes(b'{"refused": "no such thing"}')
        sys.exit(0)
    if mischief == "unborn":
        sys.exit(1)
    if mischief == "stillborn":
        time.sleep(600)
    connection.send_bytes(b'{"ready": true}')
    while True:
        try:
            paths = json.loads(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(json.dumps({"rows": [answer(path) for path in paths]}).encode())


main()
