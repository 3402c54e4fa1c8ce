"""From mel frames that arrive in pieces to one sound: Step-Audio-2's HiFT, streamed.

Both ways below hold back the sound of the last `HELD_FRAMES` frames until the next piece is there, since the network did
not see what follows, and fade from this first guess to the second one.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.speech.hift import HiFT
from engine.speech.hift_stream import HiFTStream
from engine.speech.joins import HeldTail, hamming_fade

HELD_FRAMES = 8
"""160 ms (upstream: mel_cache_len of the Token2wav class in Step-Audio2's token2wav.py)."""
FADE_FRAMES = 2
"""40 ms, where the first guess is still good: the further into the held stretch, the less of what it depends on was seen."""


class SettledSound:
    """One reply's sound: what HiFT makes of all the mel frames at once, but for the faded stretches (see `HiFTStream`).

    It stands where `ReferenceSound` stands upstream.
    """

    def __init__(self, hift: HiFT, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self._stream = HiFTStream(hift, generator, fade=FADE_FRAMES * hift.config.hop)
        self._held = hift.conv_pre.weight.new_zeros(1, hift.config.mels, 0)

    def feed(self, mel: Tensor, last: bool = False) -> Tensor:
        """The next frames [1, bands, n] -> the samples [1, m] that are settled by now; all that remain if it is the last."""
        mel = torch.cat([self._held, mel], dim=2)
        settled = mel.shape[2] if last else max(0, mel.shape[2] - HELD_FRAMES)
        self._held = mel[:, :, settled:]
        return self._stream.feed(mel[:, :, :settled], self._held)


class ReferenceSound:
    """One reply's sound as the reference implementation streams it.

    Each piece begins with the last frames of the one before; its excitation starts anew but for the samples that are taken
    over; the fade's two weights sum to about 1.08 (upstream: Token2wav.stream in Step-Audio2's token2wav.py).
    """

    def __init__(self, hift: HiFT, noise: Tensor) -> None:
        """`noise` [rows, waves]: sample i of every call has row i modulo the number of rows."""
        like = hift.conv_pre.weight
        self._hift, self._rows = hift, noise.to(like).T
        self._mel = like.new_zeros(1, hift.config.mels, 0)
        self._source: Tensor | None = None
        self._tail = HeldTail(HELD_FRAMES * hift.config.hop, hamming_fade)

    def feed(self, mel: Tensor, last: bool = False) -> Tensor:
        """The next frames [1, bands, n] -> samples [1, m]."""
        mel = torch.cat([self._mel, mel], dim=2)
        samples = mel.shape[2] * self._hift.config.hop
        noise = self._rows.repeat(1, -(-samples // self._rows.shape[1]))[None, :, :samples]
        wave, source = self._hift(mel, noise, source_head=self._source)
        self._mel = mel[:, :, -HELD_FRAMES:]
        self._source = source[:, :, -HELD_FRAMES * self._hift.config.hop :]
        return self._tail.feed(wave, last)
