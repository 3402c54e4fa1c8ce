"""How fast bytes arrive just now."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 5.0  # seconds


class TransferRate:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._sum = 0

    def add(self, count: int) -> float:
        """So many bytes more -> bytes per second over the last seconds; 0 while it cannot be told."""
        now = self._clock()
        self._seen.append((now, count))
        self._sum += count
        while now - self._seen[0][0] > WINDOW:
            self._sum -= self._seen.popleft()[1]
        first, at_first = self._seen[0]
        return (self._sum - at_first) / (now - first) if now - first > 0.2 else 0.0
