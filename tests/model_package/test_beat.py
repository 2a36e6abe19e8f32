"""Signs of life name the row and the stage, and come from within a long stage too."""

from typing import Any

import torch
from torch import nn

from model_package import beat as module
from model_package.beat import Beat


class Part:
    """A stage with a model of two layers."""

    def __init__(self) -> None:
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
        self.model = nn.Sequential(self.layers)

    def run(self) -> torch.Tensor:
        """Both layers over ones."""
        x = torch.ones(2)
        for layer in self.layers:
            x = layer(x)
        return x


def test_each_stage_is_told() -> None:
    heard: list[dict[str, Any]] = []
    beat = Beat(heard.append)
    beat(0, "ocr")
    beat(None, "score")
    assert heard == [{"beat": "ocr", "row": 0}, {"beat": "score", "row": None}]


def test_each_layer_of_a_long_stage_is_told_and_changes_nothing(monkeypatch: Any) -> None:
    heard: list[dict[str, Any]] = []
    beat, part = Beat(heard.append), Part()
    before = part.run()
    beat.follow(part)
    beat.follow(None)
    monkeypatch.setattr(module, "EVERY", 0.0)
    part.run()
    assert heard == []  # no stage has begun
    beat(None, "caption")
    assert torch.equal(part.run(), before)
    assert heard == [{"beat": "caption", "row": None}] * 3


def test_a_short_stage_is_told_once() -> None:
    heard: list[dict[str, Any]] = []
    beat, part = Beat(heard.append), Part()
    beat.follow(part)
    beat(None, "caption")
    part.run()
    assert len(heard) == 1
