"""Rounded matrices, restored by the rules of MatMulNBits."""

from __future__ import annotations

import pytest
import torch

from engine.lm import rounding
from engine.lm.bits import BLOCKS, ROW_SCALE_BLOCK
from engine.lm.rounding import Rounded, rounded


def restored(found: Rounded, bits: int, columns: int) -> torch.Tensor:
    whole = torch.from_numpy(found.whole)
    if bits == 4:
        whole = torch.stack([whole & 15, whole >> 4], -1).flatten(-2)
    scales = torch.from_numpy(found.scales).view(*whole.shape[:2], 1)
    return ((whole.float() - (1 << (bits - 1))) * scales).flatten(1)[:, :columns]


@pytest.fixture(params=[torch.float32, torch.bfloat16])
def rows(request, monkeypatch):
    monkeypatch.setattr(rounding, "_AT_ONCE", 700)  # in several parts
    made = torch.randn(9, 300, generator=torch.Generator().manual_seed(0))
    made[3], made[:, 299] = 0, 5.0
    return made.to(request.param)


@pytest.mark.parametrize(("bits", "steps"), [(8, 0.51), (4, 1.01)])  # what is opposite to the furthest value may be cut
def test_no_value_is_further_off_than_its_block_s_step(rows, bits, steps):
    found = rounded(rows, bits)
    scales = torch.from_numpy(found.scales).view(9, -1).repeat_interleave(found.block, 1)[:, :300].abs()
    assert found.block == BLOCKS[bits]
    assert ((restored(found, bits, 300) - rows.float()).abs() <= steps * scales).all()
    assert not restored(found, bits, 300)[3, :256].any()


def test_of_four_bits_the_furthest_value_stays_whatever_its_sign():
    rows = torch.linspace(-1, 0.9, 64).repeat(2, 1) * torch.tensor([[1.0], [-1.0]])
    found = restored(rounded(rows, 4), 4, 64)
    assert found[0, 0] == -1 and found[1, 0] == 1


def test_whole_multiples_of_a_row_s_scale_stay_what_they_are():
    whole = torch.randint(-127, 128, (5, 300), generator=torch.Generator().manual_seed(1)).float()
    whole[:, 0] = 127
    rows = whole * torch.rand(5, 1)
    found = rounded(rows, 8)
    assert found.block == ROW_SCALE_BLOCK
    torch.testing.assert_close(restored(found, 8, 300), rows)
    rows[4, 7] *= 1.01  # one value of one row
    assert rounded(rows, 8).block == BLOCKS[8]
