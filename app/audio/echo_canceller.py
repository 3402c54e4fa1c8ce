"""WebRTC's echo canceller (AEC3), as the package `livekit` brings it."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.audio.devices import AudioError

BLOCKS_A_SECOND = 100
"""It takes sound in blocks of 10 ms."""
_FULL = 32767


class EchoCanceller:
    """Takes out of what the microphone hears what the speaker plays; finds the delay between them, up to half a second.

    Both sides are mono float32 of any rate that has whole blocks, and belong to one thread: first what is played, then
    what was heard meanwhile. What it gives is about 10 ms late.
    """

    def __init__(self, noise_suppression: bool = False, gain_control: bool = False) -> None:
        """Raises `AudioError` where the package is missing or does not start."""
        try:
            from livekit import rtc  # starts threads of its own, and takes 40 MB
        except Exception as error:  # a part of it may be missing in many ways
            raise AudioError(f"The echo of replies cannot be taken out here: its library did not start ({error}).") from error
        self._frame = rtc.AudioFrame
        self._make = partial(
            rtc.AudioProcessingModule,
            echo_cancellation=True,
            high_pass_filter=True,
            noise_suppression=noise_suppression,
            auto_gain_control=gain_control,
        )
        self._module = self._make()

    def begin_anew(self) -> None:
        """What was learnt of the room holds no more."""
        self._module = self._make()

    def play(self, block: np.ndarray, rate: int) -> None:
        """The next 10 ms that the speaker plays, float32 [rate / 100]."""
        self._module.process_reverse_stream(self._frame(_pcm(block), rate, 1, len(block)))

    def clean(self, block: np.ndarray, rate: int) -> None:
        """The next 10 ms that the microphone heard, float32 [rate / 100], in place."""
        frame = self._frame(_pcm(block), rate, 1, len(block))
        self._module.process_stream(frame)
        np.divide(np.asarray(frame.data), _FULL, out=block, dtype=np.float32)


def _pcm(block: np.ndarray) -> bytearray:
    return bytearray(np.rint(np.clip(block, -1, 1) * _FULL).astype(np.int16))
