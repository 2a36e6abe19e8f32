"""The only writer of stdout: rows, and beside them the evidence file; imports no library."""

import json
import os
from collections.abc import Callable
from typing import Any, BinaryIO

from model_package.contract import format_row
from model_package.policy import Policy
from model_package.progress import Progress
from model_package.supervisor import Row


class Output:
    """Writes rows to stdout and, where asked for, evidence to a file."""

    def __init__(
        self, policy: Policy, evidence: BinaryIO | None, log: Callable[[str], None]
    ) -> None:
        self.policy, self.evidence, self.log = policy, evidence, log
        self.progress = Progress(log)
        self.fallbacks = 0

    def answer(self, row: Row, prediction: dict[str, Any]) -> None:
        """Write the row of a prediction."""
        if prediction["fallback"] is not None:
            self.fallbacks += 1
            self.log(f"row {row.number}: fallback: {prediction['fallback']}")
        write_all(1, format_row(prediction["proba"], prediction["label"]))
        self._keep(prediction)
        self.progress.add()

    def give_up(self, row: Row, reason: str) -> None:
        """Write the policy's fallback in place of an answer."""
        proba = round(self.policy.fallback, 4)
        views: dict[str, float] = {}
        prediction = {
            "path": row.path,
            "evidence": {"caption": "", "ocr_text": ""},
            "views": views,
            "proba": proba,
            "label": self.policy.label(proba),
            "fallback": reason,
            "seconds": {},
        }
        self.answer(row, prediction)

    def _keep(self, prediction: dict[str, Any]) -> None:
        if self.evidence is None:
            return
        keys = ("views", "proba", "label", "fallback", "seconds")
        line = {"path": prediction["path"], **prediction["evidence"]}
        line |= {key: prediction[key] for key in keys}
        self.evidence.write(json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n")
        self.evidence.flush()


def write_all(target: int, data: bytes) -> None:
    """Write every byte of `data` to a file descriptor."""
    while data:
        data = data[os.write(target, data) :]
