"""Running a network over a sequence that is still arriving, with the same result as over the whole."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class SlidingWindow:
    """Feeds a convolutional network block by block.

    `network` maps [frames, channels] to [frames * up, ...], or to [ceil(frames / down), ...]. An output depends on inputs
    no further than `behind` and `ahead` frames away from its own; both are counted in input frames and are multiples of
    `down`. Each block is computed from a window that reaches that far, so every output is what the whole sequence gives.
    """

    def __init__(
        self, network: Callable[[Tensor], Tensor], channels: int, behind: int, ahead: int, block: int, down: int = 1, up: int = 1
    ) -> None:
        self._network, self._behind, self._ahead, self._block = network, behind, ahead, block
        self._down, self._up = down, up
        self._window = torch.zeros(0, channels)
        self._start = 0  # the input frame the window begins with
        self._given = 0  # input frames whose outputs are out

    def feed(self, frames: Tensor) -> list[Tensor]:
        """[n, channels] -> the outputs that are settled by now (none or one tensor)."""
        self._window = torch.cat([self._window, frames])
        until = (self._start + len(self._window) - self._ahead) // self._down * self._down
        return [self._outputs(until)] if until - self._given >= self._block else []

    def finish(self) -> list[Tensor]:
        """The rest."""
        end = self._start + len(self._window)
        return [self._outputs(end)] if end > self._given else []

    def _outputs(self, until: int) -> Tensor:
        outputs = self._network(self._window)
        first, last = ((n - self._start) * self._up for n in (self._given, until))
        result = outputs[first // self._down : -(-last // self._down)]
        self._given = until
        keep = max(self._start, until // self._down * self._down - self._behind)
        self._window, self._start = self._window[keep - self._start :], keep
        return result
