"""A linear layer of GPTQ weights, unpacked by plain torch; knows nothing of files and models.

For a matrix of shape (inputs, outputs) there are: `qweight`, `32 / bits` inputs an int32;
`qzeros`, the same along outputs; `scales` (groups, outputs); `g_idx` (inputs), the group of each
input. The value is `scales[g] * (q - zero[g])`, where the format called "gptq" stores zero - 1
(Frantar et al., 2022, and the AutoGPTQ checkpoint layout).
"""

import torch
from torch import Tensor, nn


class PackedLinear(nn.Module):
    """A linear layer whose weight stays packed and is unpacked inside each forward pass."""

    qweight: Tensor
    qzeros: Tensor
    scales: Tensor
    g_idx: Tensor

    def __init__(self, like: nn.Linear, bits: int, group_size: int, zero_offset: int) -> None:
        super().__init__()
        rows, columns = like.in_features, like.out_features
        groups = 1 if group_size == -1 else -(-rows // group_size)
        self.bits, self.zero_offset = bits, zero_offset
        self.in_order: bool | None = None
        self.in_features, self.out_features = rows, columns
        dtype = like.weight.dtype
        self.register_buffer("qweight", torch.empty(rows * bits // 32, columns, dtype=torch.int32))
        self.register_buffer("qzeros", torch.empty(groups, columns * bits // 32, dtype=torch.int32))
        self.register_buffer("scales", torch.empty(groups, columns, dtype=dtype))
        self.register_buffer("g_idx", torch.empty(rows, dtype=torch.int32))
        self.bias = nn.Parameter(torch.empty_like(like.bias)) if like.bias is not None else None

    def weight(self) -> Tensor:
        """The whole matrix, in the type of the scales."""  # (outputs, inputs)
        shifts = torch.arange(0, 32, self.bits, device=self.qweight.device, dtype=torch.int32)
        mask, dtype = 2**self.bits - 1, self.scales.dtype
        # In place where that can be: on a GPU the memory that is moved is what this costs.
        levels = (self.qweight[:, None, :] >> shifts[None, :, None]).bitwise_and_(mask)
        weight = levels.to(dtype).reshape(self.in_features, self.out_features)
        zeros = ((self.qzeros[:, :, None] >> shifts) & mask).reshape(-1, self.out_features)
        zeros = (zeros + self.zero_offset).to(dtype)  # (groups, outputs); whole numbers up to 256
        if self._is_in_order():
            groups = weight.view(len(zeros), -1, self.out_features)
            groups.sub_(zeros[:, None]).mul_(self.scales[:, None])
        else:
            group = self.g_idx.long()
            weight.sub_(zeros[group]).mul_(self.scales[group])
        return weight.t()

    def _is_in_order(self) -> bool:
        """Whether each group is a run of inputs, all runs of one length; looked up once."""
        if self.in_order is None:
            run = self.in_features // len(self.scales)
            expected = torch.arange(self.in_features, device=self.g_idx.device) // run
            self.in_order = bool((self.g_idx == expected).all())
        return self.in_order

    def forward(self, x: Tensor) -> Tensor:
        """`x` (..., inputs) times the weight: (..., outputs)."""
        return nn.functional.linear(x, self.weight(), self.bias)

    def unpacked(self) -> nn.Linear:
        """The same layer with a plain matrix."""
        with torch.device("meta"):
            plain = nn.Linear(self.in_features, self.out_features, bias=self.bias is not None)
        plain.weight = nn.Parameter(self.weight().contiguous(), requires_grad=False)
        plain.bias = self.bias
        return plain
