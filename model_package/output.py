"""The only writer of stdout: rows, and beside them the evidence file; imports no library."""

import contextlib
import json
import os
import select
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from model_package.contract import format_row
from model_package.evidence import Prediction
from model_package.policy import Policy
from model_package.progress import Progress
from model_package.promise import Log, Row


class Output:
    """Writes rows to stdout and, where asked for, evidence to a file."""

    def __init__(self, policy: Policy, evidence: BinaryIO | None, log: Log) -> None:
        self.policy, self.evidence, self.log = policy, evidence, log
        self.kept = 0  # rows in the evidence file
        self.progress = Progress(log)
        self.fallbacks = 0

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the row of a prediction; ValueError when it holds no probability."""
        written = format_row(prediction["proba"], prediction["label"])
        if prediction["fallback"] is not None:
            self.fallbacks += 1
            self.log(f"row {row.number}: fallback: {prediction['fallback']}")
        write_all(1, written)
        self._keep(prediction)
        self.progress.add(1)

    def give_up(self, rows: Sequence[Row], reason: str) -> None:
        """Write the policy's fallback for each of `rows`, all at once."""
        proba = round(self.policy.fallback, 4)
        label = self.policy.label(proba)
        write_all(1, format_row(proba, label) * len(rows))
        if len(rows) == 1:
            self.log(f"row {rows[0].number}: fallback: {reason}")
        nothing = Prediction("", proba, label, fallback=reason)
        for row in rows if self.evidence else ():
            self._keep(asdict(replace(nothing, path=row.path)))
        self.fallbacks += len(rows)
        self.progress.add(len(rows))

    def _keep(self, prediction: dict[str, Any]) -> None:
        if self.evidence is None:
            return
        keys = ("views", "proba", "label", "fallback", "seconds")
        line = {"path": prediction["path"], **prediction["evidence"]}
        line |= {key: prediction[key] for key in keys}
        try:
            if not self.kept:  # only now, so that a run that fails at once leaves an older file
                with contextlib.suppress(OSError):
                    self.evidence.truncate(0)
            self.kept += 1
            self.evidence.write(json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n")
            self.evidence.flush()
        except OSError as error:
            self.evidence = None
            self.log(f"the evidence file ends here: {error.strerror}", final=True)


def write_all(target: int, data: bytes) -> None:
    """Write every byte of `data` to a file descriptor."""
    while data:
        try:
            data = data[os.write(target, data) :]
        except BlockingIOError:  # the reader is slow, and its end does not wait by itself
            select.select([], [target], [])
