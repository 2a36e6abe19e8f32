"""The process that holds the models: rows arrive on a connection, predictions go back.

Run by the supervisor as `python -m model_package.worker FD OPTIONS`. Its stdout and stderr
are the supervisor's log, so whatever a library prints can never reach the rows.
"""

import contextlib
import json
import logging
import os
import signal
import sys
import warnings
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from PIL import Image, PngImagePlugin

from model_package.errors import UserError
from model_package.evidence import Prediction
from model_package.loading import load
from model_package.options import Options
from model_package.pipeline import Moderator

TEXT = 64 * 2**20  # bytes of text beside the pixels of one PNG
BROKEN = 70  # exit code: this process can do no more, another may


def main() -> None:
    """Load, say so, then answer batches of paths until the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to end
    connection = Connection(int(sys.argv[1]))
    _prepare_libraries()
    moderator = _load(connection, Options.from_json(sys.argv[2]))
    if moderator is None:
        return
    _send(connection, {"ready": True})
    while True:
        try:
            paths = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        _send(connection, {"rows": [asdict(one) for one in _predict(moderator, paths)]})


def _prepare_libraries() -> None:
    """Only our own notes are logged; Pillow leaves limits to images.py."""
    logging.lastResort = None
    logging.getLogger().addHandler(logging.NullHandler())
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("memesieve: %(message)s"))
    for name in ("memesieve", "model_package"):
        logging.getLogger(name).addHandler(handler)
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = TEXT


def _load(connection: Connection, options: Options) -> Moderator | None:
    """The moderator; where it cannot be had, the supervisor is told why. No meme was read yet."""
    try:
        return load(
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
        _send(connection, {"refused": f"the models do not load: {type(error).__name__}: {reason}"})
    return None


def _predict(moderator: Moderator, paths: list[str]) -> list[Prediction]:
    try:
        return moderator.predict(paths)
    except BaseException as error:  # its text may quote a meme
        logging.getLogger("memesieve").error("the worker stops: %s", type(error).__name__)
        os._exit(BROKEN)


def _send(connection: Connection, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the supervisor has gone, or ends us
        connection.send_bytes(json.dumps(message).encode("ascii"))


if __name__ == "__main__":
    main()
