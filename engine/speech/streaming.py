"""Running convolutional blocks over a sequence that is still arriving, with the same result as over the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from engine.speech.convolution import ConvNeXtBlock


class StreamingBlock:
    """One block: it computes each frame once, as soon as the frames that it looks ahead to are there."""

    def __init__(self, block: ConvNeXtBlock) -> None:
        self._block, channels = block, block.taps.shape[1]
        self._held = torch.zeros(block.behind, channels)  # inputs that frames to come look back to, or are not settled

    def feed(self, frames: Tensor) -> Tensor:
        """[n, channels] -> [m, channels], what is settled by now."""
        known, reach = torch.cat([self._held, frames]), self._block.behind + self._block.ahead
        if len(known) <= reach:
            self._held = known
            return known[:0]
        self._held = known[len(known) - reach :]
        return self._block.inner(known[None])[0]

    def finish(self, frames: Tensor) -> Tensor:
        """The last frames -> the rest."""
        return self.feed(torch.cat([frames, frames.new_zeros(self._block.ahead, frames.shape[1])]))


class StreamingBlocks:
    """One block after the other."""

    def __init__(self, blocks: Iterable[nn.Module]) -> None:
        found = [cast(ConvNeXtBlock, block) for block in blocks]  # what a ModuleList holds, its type does not say
        self._blocks = [StreamingBlock(block) for block in found]
        self.ahead = sum(block.ahead for block in found)
        """Frames that what is settled looks into the future."""

    def feed(self, frames: Tensor) -> Tensor:
        """As `StreamingBlock.feed`."""
        for block in self._blocks:
            frames = block.feed(frames)
        return frames

    def finish(self, frames: Tensor) -> Tensor:
        """As `StreamingBlock.finish`."""
        for block in self._blocks:
            frames = block.finish(frames)
        return frames
