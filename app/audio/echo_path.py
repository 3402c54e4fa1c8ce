"""The way of a sound from the speaker to the microphone as a linear filter, which is learnt while nobody speaks.

The canceller lowers all that could be echo, and the first words of whoever interrupts with it. To take away no more than what
this filter says leaves more of the echo, and the words as they are.
"""

from __future__ import annotations

import numpy as np
import soxr

RATE = 16_000  # Hz: what models hear
TAPS = round(0.4 * RATE)
WINDOW = (1 << 15) - TAPS  # samples that are learnt from: with the filter's length a power of two
STEPS = 12  # of conjugate gradients each time: they go on where the last time ended
SILENT = 1e-7  # of the played sound's power: -70 dBFS
RIDGE = 1e-5  # of the played sound's energy: against what it does not tell


class EchoPath:
    """For two streams of one rate; `learn` and `echo` belong to one thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.seconds = (WINDOW + TAPS) / RATE
        """Of both streams that `learn` wants."""
        self.taps = round(TAPS * rate / RATE)
        """Samples from before a stretch that its echo still depends on."""
        self._filter = np.zeros(TAPS)

    def forget(self) -> None:
        """Another delay or room: nothing that was learnt holds."""
        self._filter[:] = 0

    def learn(self, played: np.ndarray, heard: np.ndarray) -> None:
        """Both float32 [n], n >= `seconds`, up to the same moment."""
        size = WINDOW + TAPS
        played, heard = (soxr.resample(sound, self.rate, RATE)[-size:].astype(np.float64) for sound in (played, heard))
        energy = float(played @ played)
        if energy < SILENT * size:  # nothing can be learnt from it
            return
        spectrum, goal, ridge = np.fft.rfft(played, size), heard[TAPS:], RIDGE * energy

        def transposed(rest: np.ndarray) -> np.ndarray:
            return np.fft.irfft(np.conj(spectrum) * np.fft.rfft(np.concatenate([np.zeros(TAPS), rest])), size)[:TAPS]

        def applied(taps: np.ndarray) -> np.ndarray:
            return np.fft.irfft(spectrum * np.fft.rfft(taps, size), size)[TAPS:]

        rest = transposed(goal - applied(self._filter)) - ridge * self._filter
        way, left = rest, float(rest @ rest)
        for _ in range(STEPS):
            if left <= 0:
                break
            image = transposed(applied(way)) + ridge * way
            length = left / float(way @ image)  # the ridge keeps it above zero
            self._filter = self._filter + length * way
            rest = rest - length * image
            before, left = left, float(rest @ rest)
            way = rest + left / before * way

    def snapshot(self) -> np.ndarray:
        """What was learnt so far, as a filter at the streams' rate: float32 [taps]."""
        longer = soxr.resample(self._filter, RATE, self.rate) * (RATE / self.rate)
        return np.resize(longer, self.taps).astype(np.float32)


def echo(played: np.ndarray, path: np.ndarray) -> np.ndarray:
    """What is heard of the last n - len(path) samples of `played` [n]."""
    size = 1 << (len(played) - 1).bit_length()  # what wraps around lies before the last samples
    whole = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(path, size), size)
    return whole[len(path) : len(played)].astype(np.float32)
