"""The only writer of stdout: rows, and beside them the evidence file; imports no library."""

import contextlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from model_package.contract import format_row
from model_package.evidence import Prediction
from model_package.lookout import can_write
from model_package.policy import Policy
from model_package.progress import Progress
from model_package.promise import Due, Log, Row, Unwritten

SHORT = 0.01  # seconds until a full stream is asked again
PIECE = 4096  # bytes that a pipe takes at once when it takes any


class Output:
    """Writes rows to the file descriptor `rows` and, where asked for, evidence to a file."""

    def __init__(
        self, rows: int, policy: Policy, evidence: BinaryIO | None, log: Log, due: Due
    ) -> None:
        self.rows, self.policy, self.evidence, self.log, self.due = rows, policy, evidence, log, due
        self.kept = 0  # rows in the evidence file
        self.progress = Progress(log)
        self.fallbacks = 0

    def fileno(self) -> int:
        """In error once nobody is left to read the rows."""
        return self.rows

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the row of a prediction.

        ValueError, KeyError or TypeError, and nothing written, when it is none.
        """
        written = format_row(prediction["proba"], prediction["label"])
        fallback = prediction["fallback"]
        line = _evidence(prediction) if self.evidence else b""
        write_all(self.rows, written, self.due)
        if fallback is not None:
            self.fallbacks += 1
            self.log(f"row {row.number}: fallback: {fallback}")
        self._keep(line)
        self.progress.add(1)

    def give_up(self, rows: Sequence[Row], reason: str) -> None:
        """Write the policy's fallback for each of `rows`, all at once."""
        if not rows:
            return
        proba = round(self.policy.fallback, 4)
        label = self.policy.label(proba)
        write_all(self.rows, format_row(proba, label) * len(rows), self.due)
        if len(rows) == 1:
            self.log(f"row {rows[0].number}: fallback: {reason}")
        nothing = Prediction("", proba, label, fallback=reason)
        for row in rows if self.evidence else ():
            self._keep(_evidence(asdict(replace(nothing, path=row.path))))
        self.fallbacks += len(rows)
        self.progress.add(len(rows))

    def _keep(self, line: bytes) -> None:
        if self.evidence is None:
            return
        try:
            if not self.kept:  # only now, so that a run that fails at once leaves an older file
                with contextlib.suppress(OSError):
                    self.evidence.truncate(0)
            self.kept += 1
            self.evidence.write(line)
            self.evidence.flush()
        except OSError as error:
            self.evidence = None
            self.log(f"the evidence file ends here: {error.strerror}", final=True)


def _evidence(prediction: dict[str, Any]) -> bytes:
    keys = ("views", "proba", "label", "fallback", "seconds")
    line = {"path": prediction["path"], **prediction["evidence"]}
    line |= {key: prediction[key] for key in keys}
    return json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n"


def write_all(target: int, data: bytes, due: Due) -> None:
    """Write the rows in `data` to a file descriptor, in pieces of whole rows.

    Raises BrokenPipeError when its reader has gone, and `Unwritten` when it does not read on
    before the end, or when the disk is full.
    """
    while data:
        cut = data.rfind(b"\n", 0, PIECE) + 1
        while not can_write(target, due.end):
            if due.end is not None and time.monotonic() >= due.end:
                raise Unwritten("nobody reads them")
        try:
            data = data[os.write(target, data[:cut]) :]
        except BlockingIOError:  # less room than a piece, and the stream does not wait by itself
            time.sleep(SHORT)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unwritten(error.strerror) from error
