"""How GLM-4-Voice speaks: speech tokens -> mel frames -> samples, one block of codes at a time.

What the released program does differently, and why: it runs the networks over the whole reply again for every block, so
that a block costs more the later it comes; it draws new noise for every length, fades with weights that do not sum to one,
and loses samples at the joins and sometimes the last 0.4 s. Here a block sees a fixed number of codes before it, noise
belongs to the absolute frame, and every sample comes out once. `reference.py` does what the released program does.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.models.glm4voice.vocoder import HELD_CODES, Vocoder, samples_of
from engine.samples import Samples
from engine.speech.conformer import StackState
from engine.speech.hift_stream import HiFTStream
from engine.speech.joins import HeldTail, PositionalNoise

# Blocks before a block that it is made with: 4 s. On the golden checkpoint, whose random weights look equally far in all
# directions, mels differ from those with everything before them by 0.44 (1 block), 0.41 (2), 0.37 (3), 0.34 (5) and 0.25
# (10), root mean square, where streaming with everything and one call over the reply differ by 0.29, and two seeds by 1.53.
CONTEXT = 5
ATTENDED = 20  # blocks before a block that its encoder attends to: 16 s


class StreamedSpeaker:
    """One reply's voice. `first_code` is the token id of code 0; the same seed gives the same samples on one machine.

    `context` is how many blocks before a block it is made with (None: all of them, so that a block's cost grows). Raises
    `ValueError` for none.
    """

    def __init__(self, vocoder: Vocoder, first_code: int, seed: int = 0, context: int | None = CONTEXT) -> None:
        if context is not None and context < 1:
            raise ValueError(f"A block needs at least one block before it as its context, not {context}.")
        self._vocoder, self._first_code, self._context = vocoder, first_code, context
        self._pending: list[int] = []  # codes of a block that is not complete
        self._begin = self._codes = 0  # codes that the context begins after, and whose mel frames are made
        self._past: StackState | None = None  # of the encoder
        self._rows = vocoder.flow.encoder_proj.weight.new_zeros(1, 0, vocoder.flow.config.encoder.dim)  # of the context
        self._mel = vocoder.flow.encoder_proj.weight.new_zeros(1, vocoder.flow.config.bands, 0)  # of the context, settled
        self._held = HeldTail(vocoder.frames(HELD_CODES))
        # A generator for each kind of noise: which is drawn first must not matter.
        flow_noise, phases, sound_noise = (torch.Generator().manual_seed(3 * seed + kind) for kind in range(3))
        self._noise = PositionalNoise(vocoder.flow.config.bands, flow_noise)
        start = torch.rand(vocoder.hift.config.waves, generator=phases)
        start[0] = 0  # the harmonics begin anywhere, the fundamental at zero
        self._sound = HiFTStream(vocoder.hift, sound_noise, start)

    @torch.inference_mode()
    def feed(self, tokens: list[int]) -> Samples:
        """Speech token ids -> mono float32 samples that are settled by now (maybe none).

        Raises `ValueError` for a token that is no speech.
        """
        self._pending += self._vocoder.codes(tokens, self._first_code)
        size, sounds = self._vocoder.block_size, [np.zeros(0, np.float32)]
        while len(self._pending) >= size:
            codes, self._pending = self._pending[:size], self._pending[size:]
            sounds.append(self._block(codes, last=False))
        return np.concatenate(sounds)

    @torch.inference_mode()
    def finish(self) -> Samples:
        """The tail."""
        if self._pending:
            return self._block(self._pending, last=True)
        tail = self._held.finish()
        return np.zeros(0, np.float32) if tail is None else samples_of(self._sound.feed(tail))

    def _block(self, codes: list[int], last: bool) -> Samples:
        self._forget()
        mel = self._held.feed(self._unsettled_mel(codes), last)
        self._mel = torch.cat([self._mel, mel], dim=2)
        return samples_of(self._sound.feed(mel, self._held.tail))

    def _unsettled_mel(self, codes: list[int]) -> Tensor:
        """With these codes, the mel frames after the settled ones: [1, bands, frames]."""
        vocoder, flow = self._vocoder, self._vocoder.flow
        rows, self._past = flow.encode(torch.tensor(codes, device=vocoder.device), self._past)
        self._rows, self._codes = torch.cat([self._rows, rows], dim=1), self._codes + len(codes)
        first, last = vocoder.frames(self._begin), vocoder.frames(self._codes)
        # The first frame may begin within the code before the context.
        at = (vocoder.code_of(first, last) - self._begin).clamp(min=0)
        noise = self._noise.take(first, last).to(self._mel)
        return flow.mel(noise, flow.mu(self._rows, at), self._mel)[:, :, self._mel.shape[2] :]

    def _forget(self) -> None:
        """Drops what lies further back than the context of the block that comes."""
        if self._context is None or self._past is None:
            return
        size = self._vocoder.block_size
        begin = max(0, self._codes - self._context * size)
        frames = self._vocoder.frames(begin) - self._vocoder.frames(self._begin)
        self._rows, self._mel = self._rows[:, begin - self._begin :], self._mel[:, :, frames:]
        self._begin, self._past = begin, self._past.newest(ATTENDED * size)
