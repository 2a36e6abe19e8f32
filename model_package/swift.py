"""Linear layers by oneDNN on a CPU, with weights laid out for it once; knows no models.

In single precision torch computes them by MKL, which on AMD's processors keeps to AVX2: on one core
here 90 billion operations a second, and oneDNN 205. In layers as small as `pocket`'s, what comes of
a row of inputs was the same here, to the last bit, however many rows there were.
"""

from functools import cache
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
    if not _is_offered():
        return
    # No list of layers is kept, for each old one's weights have to go as its new one comes.
    for module in [one for one in model.modules() if not isinstance(one, nn.Linear)]:
        for name in [name for name, part in module.named_children() if _fits(part)]:
            setattr(module, name, Swift(getattr(module, name)))


@cache
def _is_offered() -> bool:
    """Whether this torch, on this processor, does it; no torch promises to."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    try:
        Swift(nn.Linear(LEAST, LEAST))(torch.zeros(1, LEAST))
    except (AttributeError, RuntimeError):
        return False
    return True


def _fits(part: nn.Module) -> bool:
    if type(part) is not nn.Linear:
        return False
    weight = part.weight
    plain = weight.device.type == "cpu" and weight.dtype == torch.float32
    return plain and part.out_features >= LEAST
