"""Brings quiet speech up to where a listener knows it, while it is still arriving."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
from scipy.signal import butter, sosfilt, sosfilt_zi

RATE = 16000
BLOCK = 320
"""Samples that are measured together: 20 ms."""
_LOUD_BLOCKS = 5  # so many have to be loud: a click is shorter
_AHEAD = 15  # blocks: what comes within 0.3 s is known before a sample is given on
_WANTED = 10 ** (-18 / 20)  # every recording of a usual level is above, and stays as it is
_MOST = 10 ** (30 / 20)
_LOWEST_HZ = 20  # no voice is below


class Leveller:
    """Mono float32 at 16 kHz in, the same 0.3 s later, without an offset; what peaks below -18 dB is up to 30 dB louder.

    The level is the peak that five blocks of 20 ms have reached by then; the gain only falls, so what was said first is not
    drowned by it. Any split into pieces gives the same.
    """

    def __init__(self) -> None:
        self._filter = butter(2, _LOWEST_HZ, "highpass", fs=RATE, output="sos")
        self._state: np.ndarray | None = None
        self._rest = np.zeros(0, np.float32)
        self._loudest: list[float] = []  # peaks of the loudest blocks, a heap
        self._waiting: deque[np.ndarray] = deque()
        self._gain: float | None = None

    @property
    def level(self) -> float:
        """The peak that five blocks have reached, 1 is full scale."""
        return self._loudest[0] if self._loudest else 0.0

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """[n] -> what is settled by now."""
        self._rest = np.concatenate([self._rest, self._without_offset(samples)])
        whole = len(self._rest) // BLOCK * BLOCK
        blocks, self._rest = self._rest[:whole], self._rest[whole:]
        return _joined([made for start in range(0, whole, BLOCK) for made in self._take(blocks[start : start + BLOCK], _AHEAD)])

    def finish(self) -> np.ndarray:
        """The tail; the leveller is used up then."""
        return _joined(self._take(self._rest, 0))

    def _without_offset(self, samples: np.ndarray) -> np.ndarray:
        if not len(samples):
            return samples
        if self._state is None:
            self._state = sosfilt_zi(self._filter) * samples[0]
        filtered, self._state = sosfilt(self._filter, samples, zi=self._state)
        return filtered.astype(np.float32)

    def _take(self, block: np.ndarray, ahead: int) -> list[np.ndarray]:
        if len(block):
            push = heapq.heappush if len(self._loudest) < _LOUD_BLOCKS else heapq.heappushpop
            push(self._loudest, float(np.abs(block).max()))
            self._waiting.append(block)
        made = []
        while len(self._waiting) > ahead:
            gain = min(max(_WANTED / max(self.level, 1e-9), 1.0), _MOST)
            before = gain if self._gain is None else self._gain
            block, self._gain = self._waiting.popleft(), gain
            made.append(block * np.linspace(before, gain, len(block) + 1, dtype=np.float32)[1:])
        return made


def _joined(pieces: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
