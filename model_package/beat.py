"""Signs of life from the worker: which stage of which row it is at; knows no models."""

import time
from collections.abc import Callable
from typing import Any

EVERY = 1.0  # seconds between signs from within a stage


class Beat:
    """Tells `send` of each stage as it begins, and that a long one goes on."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self.send = send
        self.message: dict[str, Any] = {}
        self.last = 0.0

    def __call__(self, row: int | None, stage: str) -> None:
        """`stage` begins for `row`, counted from 0 in its batch; None for the whole batch."""
        self.message = {"beat": stage, "row": row}
        self._give()

    def follow(self, part: object) -> None:
        """Beat within a stage too: as each layer of `part`'s torch model begins, if it has one,
        or each norm, where a layer's parts are called one by one (caption_steps.py).

        A batch may take longer on a slow machine than a hang is waited for.
        """
        model: Any = getattr(part, "model", None)
        for module in getattr(model, "modules", list)():
            if type(module).__name__ == "ModuleList":
                for layer in module:
                    layer.register_forward_pre_hook(self._within)
            elif type(module).__name__ == "LayerNorm":
                module.register_forward_pre_hook(self._within)

    def _within(self, *_: object) -> None:
        if self.message and time.monotonic() - self.last >= EVERY:
            self._give()

    def _give(self) -> None:
        self.last = time.monotonic()
        self.send(self.message)
