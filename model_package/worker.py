"""The process that holds the models: rows arrive on a connection, predictions go back.

Run by the supervisor as `python -m model_package.worker FD OPTIONS`. Its stdout and stderr
are the supervisor's log, so whatever a library prints can never reach the rows.
"""

import json
import logging
import signal
import sys
import warnings
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from model_package.errors import UserError
from model_package.loading import load
from model_package.options import Options
from model_package.pipeline import Moderator


def main() -> None:
    """Load, say so, then answer batches of paths until the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to end
    logging.basicConfig(format="memesieve: %(message)s", level=logging.WARNING)
    warnings.simplefilter("ignore")
    connection = Connection(int(sys.argv[1]))
    moderator = _load(connection, Options.from_json(sys.argv[2]))
    if moderator is None:
        return
    _send(connection, {"ready": True})
    while True:
        try:
            paths = json.loads(connection.recv_bytes())
        except EOFError:
            return
        _send(connection, {"rows": [asdict(one) for one in moderator.predict(paths)]})


def _load(connection: Connection, options: Options) -> Moderator | None:
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
        return None


def _send(connection: Connection, message: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(message).encode("ascii"))


if __name__ == "__main__":
    main()
