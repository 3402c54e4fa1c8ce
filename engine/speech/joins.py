"""Where pieces of one sound meet: fades, tails that are held back, and noise that knows its place.

A network that sees only part of a reply gives slightly different values near the part's ends. What two pieces both cover
is therefore faded from one to the other, and what lies too near an end is held back until the next piece is there. Upstream
the audio decoders have `fade_in_out` for it, here `hamming_fade`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor


def crossfade(old: Tensor, new: Tensor) -> Tensor:
    """Two [..., n] of the same place -> [..., n] that goes from `old` to `new`; the two weights sum to one everywhere."""
    steps = torch.arange(new.shape[-1], dtype=torch.float64) + 0.5
    return old + (new - old) * _like((steps * (torch.pi / 2 / new.shape[-1])).sin().square(), new)


def hamming_fade(old: Tensor, new: Tensor) -> Tensor:
    """The references' fade (fade_in_out in their audio decoders): the halves of a Hamming window, which sum to about 1.08."""
    length = new.shape[-1]
    window = _like(torch.from_numpy(np.hamming(2 * length)), new)
    return new * window[:length] + old * window[length:]


def fade_in(old: Tensor | None, new: Tensor, fade: Callable[[Tensor, Tensor], Tensor] = crossfade) -> Tensor:
    """`new` [..., n] whose beginning is faded from `old` [..., m], which starts at the same place (None: nothing is)."""
    if old is None or not (shared := min(old.shape[-1], new.shape[-1])):
        return new
    return torch.cat([fade(old[..., :shared], new[..., :shared]), new[..., shared:]], dim=-1)


class HeldTail:
    """Pieces [..., n] that each begin where the settled part ends: their last `length` steps wait for the next piece."""

    def __init__(self, length: int, fade: Callable[[Tensor, Tensor], Tensor] = crossfade) -> None:
        self.tail: Tensor | None = None
        """What is held back: the newest guess of the steps after the settled ones."""
        self._length, self._fade = length, fade

    def feed(self, piece: Tensor, last: bool = False) -> Tensor:
        """The steps that are settled by this piece; all of it if it is the last."""
        piece = fade_in(self.tail, piece, self._fade)
        settled = piece.shape[-1] if last else max(0, piece.shape[-1] - self._length)
        self.tail = None if last else piece[..., settled:]
        return piece[..., :settled]

    def finish(self) -> Tensor | None:
        """The tail, where no further piece comes (None: there is none)."""
        tail, self.tail = self.tail, None
        return tail


class PositionalNoise:
    """Gaussian noise by position: whichever pieces it is asked for, a position has always the same values.

    Positions are asked for in order; what lies before an asked-for start is forgotten.
    """

    page = 4096  # positions drawn at a time, whatever is asked for

    def __init__(self, channels: int, generator: torch.Generator) -> None:
        self._channels, self._generator = channels, generator
        self._start, self._drawn = 0, torch.zeros(channels, 0)

    def take(self, start: int, stop: int) -> Tensor:
        """[1, channels, stop - start], on the CPU. Raises `ValueError` for a start that is forgotten."""
        if start < self._start:
            raise ValueError(f"Noise before position {self._start} is forgotten; {start} was asked for.")
        pages = [self._drawn]
        have = self._start + self._drawn.shape[1]
        while have < stop:
            pages.append(torch.randn(self._channels, self.page, generator=self._generator))
            have += self.page
        keep = start - self._start
        self._drawn, self._start = torch.cat(pages, dim=1)[:, keep:], start
        return self._drawn[None, :, : stop - start].clone()


def _like(weights: Tensor, tensor: Tensor) -> Tensor:
    """In this order: not every device has float64."""
    return weights.to(tensor.dtype).to(tensor.device)
