"""4-bit weights unpack to the values that the format means."""

import pytest
import torch
from torch import nn

from model_package.packed import PackedLinear

GROUP = 4


def pack(levels: torch.Tensor, bits: int) -> torch.Tensor:
    """Levels (rows, columns), packed along rows, the lowest bits first."""
    per = 32 // bits
    shifts = torch.arange(0, 32, bits, dtype=torch.int64)[None, :, None]
    words = (levels.long().reshape(-1, per, levels.shape[1]) << shifts).sum(1)
    return torch.where(words >= 2**31, words - 2**32, words).int()


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("zero_offset", [0, 1])
@pytest.mark.parametrize("act_order", [False, True])
def test_unpacking_inverts_packing(bits: int, zero_offset: int, act_order: bool) -> None:
    torch.manual_seed(0)
    inputs, outputs = 16 * 32 // (bits * 8), 32
    groups = inputs // GROUP
    levels = torch.randint(0, 2**bits, (inputs, outputs))
    zeros = torch.randint(zero_offset, 2**bits, (groups, outputs))
    scales = torch.rand(groups, outputs)
    g_idx = torch.arange(inputs) // GROUP
    g_idx = g_idx[torch.randperm(inputs)] if act_order else g_idx
    layer = PackedLinear(nn.Linear(inputs, outputs), bits, GROUP, zero_offset)
    layer.qweight = pack(levels, bits)
    layer.qzeros = pack((zeros - zero_offset).t(), bits).t().contiguous()
    layer.scales, layer.g_idx = scales, g_idx.int()
    layer.bias = nn.Parameter(torch.rand(outputs))
    expected = scales[g_idx] * (levels - zeros[g_idx])  # (inputs, outputs)
    torch.testing.assert_close(layer.weight(), expected.t())
    assert layer.in_order is not act_order
    x = torch.randn(3, inputs)
    product = nn.functional.linear(x, expected.t(), layer.bias)
    torch.testing.assert_close(layer(x), product, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(layer.unpacked()(x), product, rtol=1e-4, atol=1e-3)


def test_the_last_group_may_be_shorter() -> None:
    torch.manual_seed(0)
    levels, g_idx = torch.randint(16, (24, 32)), torch.arange(24) // 16
    layer = PackedLinear(nn.Linear(24, 32), 4, 16, 0)
    layer.qweight, layer.scales, layer.g_idx = pack(levels, 4), torch.rand(2, 32), g_idx.int()
    layer.qzeros = pack(torch.full((32, 2), 8), 4).t().contiguous()
    torch.testing.assert_close(layer.weight(), (layer.scales[g_idx] * (levels - 8)).t())
    assert layer.in_order is False
