"""The process that holds the models: rows arrive on a connection, predictions go back.

Run by the supervisor as `python -m model_package.worker FD OPTIONS`. Notes go over the
connection; what libraries print to its stdout and stderr is not shown, for it may quote a meme.
"""

import contextlib
import ctypes
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import warnings
from dataclasses import asdict, replace
from multiprocessing.connection import Connection
from typing import Any

from PIL import Image, PngImagePlugin

from model_package import lean
from model_package.beat import Beat
from model_package.errors import UserError
from model_package.evidence import Prediction
from model_package.loading import load
from model_package.options import Options
from model_package.pipeline import Moderator, is_passing
from model_package.profile import load_profile

TEXT = 64 * 2**20  # bytes of text beside the pixels of one PNG
BROKEN = 70  # exit code: this process can do no more, another may
PR_SET_PDEATHSIG = 1  # of prctl(2)
M_ARENA_MAX = -8  # of mallopt(3)
SENDING = threading.Lock()  # two threads' messages must not mix


def main() -> None:
    """Load, say so, then answer batches of paths until the connection closes."""
    _leave_ending_to_the_supervisor()
    _take_memory_from_one_heap()
    connection = Connection(int(sys.argv[1]))
    _prepare_libraries(connection)
    moderator = _load(connection, Options.from_json(sys.argv[2]))
    if moderator is None:
        return
    _send(connection, {"ready": True})
    while True:
        try:
            batch = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        predictions = _predict(moderator, batch["paths"], batch["savings"])
        _send(connection, {"rows": [asdict(one) for one in predictions]})


def _leave_ending_to_the_supervisor() -> None:
    """It decides when to end, where a signal goes to the whole group too; we do not outlive it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _take_memory_from_one_heap() -> None:
    """What one thread gives back, another can take; else each has a heap that only grows."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc's own
        mallopt(M_ARENA_MAX, 1)


class Notes(logging.Handler):
    """Hands our own notes to the supervisor."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    def emit(self, record: logging.LogRecord) -> None:
        """Send one note."""
        _send(self.connection, {"note": record.getMessage()})


def _prepare_libraries(connection: Connection) -> None:
    """Only our own notes are logged; Pillow leaves limits to images.py; /tmp may be full."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:  # torch wants the name of one as it is imported, and writes nothing
        tempfile.tempdir = os.sep + "tmp"
    logging.lastResort = None
    logging.getLogger().addHandler(logging.NullHandler())
    notes = Notes(connection)
    for name in ("memesieve", "model_package"):
        logging.getLogger(name).addHandler(notes)
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = TEXT


def _load(connection: Connection, options: Options) -> Moderator | None:
    """The moderator; where it cannot be had, the supervisor is told why. No meme was read yet."""
    try:
        lean.hide(load_profile(options.profile).lm.kernel)
        with lean.undisturbed():
            moderator = load(
                options.profile,
                policy=options.policy,
                weights=options.weights,
                device=options.device,
                image_root=options.image_root,
            )
    except UserError as error:
        _send(connection, {"refused": str(error)})
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0]
        told = "note" if is_passing(error) else "refused"
        _send(connection, {told: f"the models do not load: {type(error).__name__}: {reason}"})
    else:
        return _with_beat(moderator, Beat(lambda message: _send(connection, message)))
    return None


def _with_beat(moderator: Moderator, beat: Beat) -> Moderator:
    beat.follow(moderator.captioner)
    beat.follow(moderator.scorer)
    return replace(moderator, beat=beat)


def _predict(moderator: Moderator, paths: list[str], savings: list[str]) -> list[Prediction]:
    try:
        return moderator.predict(paths, savings)
    except BaseException as error:  # its text may quote a meme
        logging.getLogger("memesieve").error("the worker stops: %s", type(error).__name__)
        os._exit(BROKEN)


def _send(connection: Connection, message: dict[str, Any]) -> None:
    with SENDING, contextlib.suppress(OSError):  # the supervisor has gone, or ends us
        connection.send_bytes(json.dumps(message).encode("ascii"))


if __name__ == "__main__":
    main()
