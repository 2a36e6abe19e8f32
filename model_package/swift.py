"""Linear layers by oneDNN on a CPU, with weights laid out for it once; knows no models.

In single precision torch computes them by MKL, which on AMD's processors keeps to AVX2: on one core
here 90 billion operations a second, and oneDNN 205. What comes of a row of inputs is the same, to
the last bit, however many rows there are; of MKL's one and two rows came out differently.
"""

from typing import Any

import torch
from torch import Tensor, nn

ROWS = 256  # of inputs, for which the layout is chosen; any number will do
LEAST = 16  # outputs; a narrower layer, as that of the answer words, is no work


class Swift(nn.Module):
    """Does what `like` does, in single precision on a CPU; has no gradient."""

    packed: Tensor

    def __init__(self, like: nn.Linear) -> None:
        super().__init__()
        layout = torch.ops.mkldnn._reorder_linear_weight(like.weight.detach(), ROWS)
        self.register_buffer("packed", layout, persistent=False)
        self.bias = like.bias

    def forward(self, given: Tensor) -> Tensor:
        """(..., inputs) to (..., outputs)."""
        run = torch.ops.mkldnn._linear_pointwise
        return run(given, self.packed, self.bias, "none", [], "")  # type: ignore[no-any-return]


def hasten(model: Any) -> None:
    """Put a `Swift` in the place of each linear layer of `model` that it can stand for."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return
    for module in list(model.modules()):
        for name, part in list(module.named_children()):
            if type(part) is nn.Linear and _fits(part):
                setattr(module, name, Swift(part))


def _fits(layer: nn.Linear) -> bool:
    weight = layer.weight
    plain = weight.device.type == "cpu" and weight.dtype == torch.float32
    return plain and layer.out_features >= LEAST
