"""The decoder's matrices: as they are, or as int8 rows with one scale each, which halves what a step has to read."""

from __future__ import annotations

from copy import copy

import torch

_BLOCK = {"cpu": 2048}
"""Rows quantised or restored at a time, so that no second whole matrix is needed (a processor's caches like fewer)."""

_FEW = 16
"""Rows up to which torch's product with 8-bit rows, which restores nothing, is the faster one."""


class Linear:
    """x @ weight (+ bias)."""

    def __init__(self, rows: torch.Tensor, bias: torch.Tensor | None = None):
        """rows [out, in]; bias [out]."""
        self.weight, self.bias = rows.t(), bias  # [in, out]
        if rows.dtype == torch.float32 and rows.device.type == "cpu":
            self.weight = self.weight.contiguous()  # the faster order there, and there alone

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """[n, in] -> [n, out]"""
        return torch.mm(x, self.weight) if self.bias is None else torch.addmm(self.bias, x, self.weight)

    def add_to(self, total: torch.Tensor, x: torch.Tensor) -> None:
        """Adds x @ weight [n, out] to `total` in place."""
        total.addmm_(x, self.weight)

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """The weight's rows of these outputs (by default all): [rows, in]."""
        return self.weight.t() if ids is None else self.weight[:, ids].t()

    def select(self, outputs: slice | torch.Tensor) -> Linear:
        """The same matrix with these outputs alone."""
        return Linear(self.weight.t()[outputs], None if self.bias is None else self.bias[outputs])


class Int8Rows:
    """A matrix [rows, columns] rounded to 8 bits, with a scale for each row; what comes out has the type `dtype`."""

    def __init__(self, rows: torch.Tensor, dtype: torch.dtype):
        self.dtype = dtype
        self.values = torch.empty(rows.shape, dtype=torch.int8, device=rows.device)
        self.scales = torch.empty(len(rows), dtype=dtype, device=rows.device)
        size = _block_rows(rows)
        for start in range(0, len(rows), size):
            block = rows[start : start + size].float()
            # The scale as it is kept, rounded to `dtype`, is the one to divide by.
            scales = (block.abs().amax(1) / 127).clamp_(min=1e-12).to(dtype)
            self.scales[start : start + size] = scales
            self.values[start : start + size] = (block / scales.float().unsqueeze(1)).round_().clamp_(-127, 127)

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """The rows `ids` (by default all), restored: [rows, columns]."""
        values, scales = (self.values, self.scales) if ids is None else (self.values[ids], self.scales[ids])
        return values.to(self.dtype) * scales.unsqueeze(1)

    def select(self, rows: slice | torch.Tensor) -> Int8Rows:
        """These rows alone, with the same 8 bits."""
        part = copy(self)
        part.values, part.scales = self.values[rows], self.scales[rows]
        return part


class Int8Linear:
    """As `Linear`, with the weight in 8 bits."""

    def __init__(self, rows: torch.Tensor, bias: torch.Tensor | None, dtype: torch.dtype):
        self._stored, self.bias = Int8Rows(rows, dtype), bias
        self._packed = _packed_works(self._stored)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """[n, in] -> [n, out]"""
        out = self._product(x)
        return out if self.bias is None else out.add_(self.bias)

    def add_to(self, total: torch.Tensor, x: torch.Tensor) -> None:
        """Adds x @ weight [n, out] to `total` in place."""
        total.add_(self._product(x))

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """As `Linear.rows`."""
        return self._stored.rows(ids)

    def select(self, outputs: slice | torch.Tensor) -> Int8Linear:
        """As `Linear.select`, with the same 8 bits."""
        part = copy(self)
        part._stored, part.bias = self._stored.select(outputs), None if self.bias is None else self.bias[outputs]
        part._packed = _packed_works(part._stored)
        return part

    def _product(self, x: torch.Tensor) -> torch.Tensor:
        values, scales = self._stored.values, self._stored.scales
        if self._packed and len(x) <= _FEW:
            return torch._weight_int8pack_mm(x, values, scales)
        blocks = [torch.mm(x, block.to(x.dtype).t()) for block in values.split(_block_rows(values))]
        return (blocks[0] if len(blocks) == 1 else torch.cat(blocks, 1)).mul_(scales)


def _block_rows(rows: torch.Tensor) -> int:
    return _BLOCK.get(rows.device.type, 16384)


def _packed_works(stored: Int8Rows) -> bool:
    """Whether torch has a product with 8-bit rows for this device, type and shape."""
    columns = stored.values.shape[1]
    if columns % 64:  # its kernels read in steps of up to so many and do not check: others crash
        return False
    probe = torch.zeros(2, columns, dtype=stored.dtype, device=stored.values.device)
    try:
        torch._weight_int8pack_mm(probe, stored.values, stored.scales)
    except (RuntimeError, NotImplementedError, AttributeError):
        return False
    return True
