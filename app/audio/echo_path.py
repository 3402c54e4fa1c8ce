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
STEPS = 20  # of conjugate gradients each time: they go on where the last time ended
SILENT = 1e-7  # of the played sound's power: -70 dBFS
RIDGE = 1e-5  # of the played sound's energy: against what it does not tell
TRUST = 1e-3  # of it, too: for what was learnt before, which is changed no more than the newest seconds ask for
PROVES = 6.0  # dB by which what was learnt must lower newer seconds to be believed
ENOUGH = 35.0  # dB by which what was learnt lowers the newest seconds: then there is nothing to learn
NEIGHBOURS = 2  # places of the spectrum for which the steps are made as long as one


class EchoPath:
    """For two streams of one rate; `learn` and `echo` belong to one thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.seconds = (WINDOW + TAPS) / RATE
        """Of both streams that `learn` wants."""
        self.taps = round(TAPS * rate / RATE)
        """Samples from before a stretch that its echo still depends on."""
        self._newest = self._proven = np.zeros(TAPS)  # who spoke meanwhile has spoilt the one, the other was seen to be better

    def forget(self) -> None:
        """Another delay or room: nothing that was learnt holds."""
        self._newest = self._proven = np.zeros(TAPS)

    def learn(self, played: np.ndarray, heard: np.ndarray) -> None:
        """Both float32 [n], n >= `seconds`, up to the same moment."""
        played, heard = (soxr.resample(sound, self.rate, RATE)[-WINDOW - TAPS :].astype(np.float64) for sound in (played, heard))
        if float(played @ played) < SILENT * len(played):  # nothing can be learnt from it
            return
        fit = PathFit(played, heard, TAPS)
        lowered, proven = (fit.lowered(taps) for taps in (self._newest, self._proven))
        if lowered > max(proven, PROVES):
            self._proven = self._newest
        else:
            self._newest, lowered = self._proven, proven
        if lowered < ENOUGH:
            self._newest = fit.improved(self._newest, STEPS)

    def snapshot(self) -> np.ndarray:
        """What was learnt so far and held for newer seconds, too, as a filter at the streams' rate: float32 [taps].

        Until something has, what was learnt first; zeros before that.
        """
        found = self._proven if self._proven.any() else self._newest
        longer = soxr.resample(found, RATE, self.rate) * (RATE / self.rate)
        return np.resize(longer, self.taps).astype(np.float32)


class PathFit:
    """The search for the filter that makes what was heard of what was played."""

    def __init__(self, played: np.ndarray, heard: np.ndarray, taps: int) -> None:
        """Both float64 [n], and n a number of samples that transforms are fast for; the first `taps` are heard no more."""
        self._taps, self._size = taps, len(played)
        self._goal = heard[taps:]
        self._spectrum = np.fft.rfft(played)
        energy = float(played @ played)
        self._ridge, self._trust = RIDGE * energy, (RIDGE + TRUST) * energy
        # Voices have little above a few kHz: steps that were as long there as below would need ten times as many.
        self._lengths = 1 / (_smoothed(np.abs(self._spectrum) ** 2) + self._trust)

    def lowered(self, path: np.ndarray) -> float:
        """dB by which the path lowers what was heard."""
        rest = self._goal - self._applied(path)
        return float(10 * np.log10((self._goal @ self._goal + 1e-12) / (rest @ rest + 1e-12)))

    def improved(self, path: np.ndarray, steps: int) -> np.ndarray:
        """By so many steps of conjugate gradients."""
        rest = self._transposed(self._goal - self._applied(path)) - self._ridge * path
        way = self._evened(rest)
        left = float(rest @ way)
        for _ in range(steps):
            if left <= 0:
                break
            image = self._transposed(self._applied(way)) + self._trust * way
            length = left / float(way @ image)  # the ridge keeps it above zero
            path = path + length * way
            rest = rest - length * image
            even = self._evened(rest)
            before, left = left, float(rest @ even)
            way = even + left / before * way
        return path

    def _applied(self, path: np.ndarray) -> np.ndarray:
        return np.fft.irfft(self._spectrum * np.fft.rfft(path, self._size), self._size)[self._taps :]

    def _transposed(self, rest: np.ndarray) -> np.ndarray:
        late = np.concatenate([np.zeros(self._taps), rest])
        return np.fft.irfft(np.conj(self._spectrum) * np.fft.rfft(late), self._size)[: self._taps]

    def _evened(self, rest: np.ndarray) -> np.ndarray:
        size = self._size // NEIGHBOURS
        return np.fft.irfft(np.fft.rfft(rest, size) * self._lengths, size)[: self._taps]


class PathFilter:
    """Makes the echo block by block: the path is cut into parts of one block, so that a block costs a few short transforms."""

    def __init__(self, block: int, taps: int) -> None:
        """`taps` is a multiple of `block`."""
        self._block = block
        self._parts = np.zeros((taps // block, block + 1), np.complex64)
        self._played = np.zeros_like(self._parts)  # spectra of the blocks before this one, the newest first
        self._last = np.zeros(block, np.float32)

    def use(self, path: np.ndarray) -> None:
        """From the next block on; float32 [taps]."""
        self._parts = np.fft.rfft(path.reshape(len(self._parts), -1), 2 * self._block).astype(np.complex64)

    def feed(self, played: np.ndarray) -> np.ndarray:
        """The next block that is played -> what is heard of it and of those before, meanwhile: float32 [block]."""
        spectrum = np.fft.rfft(np.concatenate([self._last, played])).astype(np.complex64)
        self._played = np.concatenate([spectrum[None], self._played[:-1]])
        self._last = played.copy()
        return np.fft.irfft((self._parts * self._played).sum(0))[self._block :].astype(np.float32)


def _smoothed(power: np.ndarray) -> np.ndarray:
    """Each `NEIGHBOURS`-th place of a spectrum, the mean of those around it."""
    around = np.ones(2 * NEIGHBOURS + 1) / (2 * NEIGHBOURS + 1)
    return np.convolve(np.pad(power, NEIGHBOURS, "edge"), around, "valid")[::NEIGHBOURS]


def echo(played: np.ndarray, path: np.ndarray) -> np.ndarray:
    """What is heard of the last n - len(path) samples of `played` [n]."""
    size = 1 << (len(played) - 1).bit_length()  # what wraps around lies before the last samples
    whole = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(path, size), size)
    return whole[len(path) : len(played)].astype(np.float32)
