"""A ring of samples between one writing thread and any that read."""

from __future__ import annotations

import numpy as np


class Ring:
    """Mono float32 samples at positions that only grow. One thread writes; nobody locks or allocates.

    Reading changes nothing, so every reader keeps a position of its own. What is older than `capacity` samples is
    overwritten, also while it is read: who may not lose anything stays behind by less than that.
    """

    def __init__(self, capacity: int, spare: int = 0) -> None:
        """`spare`: of the oldest samples so many are not given by `since`, since they may be being overwritten."""
        self._samples, self._spare = np.zeros(capacity, np.float32), spare
        self.written = 0
        """The position after the last sample."""

    @property
    def capacity(self) -> int:
        return len(self._samples)

    def write(self, samples: np.ndarray) -> None:
        """Appends samples [n], n <= capacity."""
        self.overwrite(self.written, samples)
        self.written += len(samples)  # last: a reader never sees a position whose sample is not there

    def overwrite(self, position: int, samples: np.ndarray) -> None:
        """Puts samples [n] in place of those from a position on, which were written; for the writing thread."""
        start = position % self.capacity
        first = min(len(samples), self.capacity - start)
        self._samples[start : start + first] = samples[:first]
        self._samples[: len(samples) - first] = samples[first:]

    @property
    def oldest(self) -> int:
        """The first position that can be counted on to be there for a while."""
        return max(0, self.written - self.capacity + 2 * self._spare)

    def since(self, position: int) -> np.ndarray:
        """The samples from a position on, at most what is still there. For any thread."""
        end = self.written
        samples = np.empty(max(0, end - max(position, end - self.capacity + self._spare)), np.float32)
        self.read_into(end - len(samples), samples)
        return samples

    def read_into(self, position: int, out: np.ndarray) -> None:
        """Copies the samples from `position` on into all of `out` [n]."""
        start = position % self.capacity
        first = min(len(out), self.capacity - start)
        out[:first] = self._samples[start : start + first]
        out[first:] = self._samples[: len(out) - first]
