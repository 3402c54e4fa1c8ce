"""How late the screen's thread is: by how much a timer that should ring every few milliseconds does not."""

from __future__ import annotations

import time
from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 10  # milliseconds
PER_OCTAVE = 8  # bins, so that a percentile is off by a few per cent at most
OCTAVES = range(-4, 13)  # 1/16 ms to 4 s
EDGES = tuple(2 ** (octave + step / PER_OCTAVE) for octave in OCTAVES for step in range(PER_OCTAVE))
SHOWN = tuple(2**power for power in range(11))
"""Milliseconds: the borders between the bars that are drawn."""


class LagSampler:
    """A histogram of fixed size: one tick costs a search and an addition, however long the program runs."""

    def __init__(self, interval: float) -> None:
        """`interval`: milliseconds between two ticks that are on time."""
        self._interval = interval
        self.reset()

    def reset(self) -> None:
        """Forgets what was measured so far."""
        self._counts = [0] * (len(EDGES) + 1)
        self._last: float | None = None
        self.ticks = 0
        self.worst = 0.0
        """Milliseconds."""

    def tick(self, now: float) -> None:
        """The timer rang, at `now` seconds of a clock that never goes back."""
        last, self._last = self._last, now
        if last is None:
            return
        late = max(0.0, (now - last) * 1000 - self._interval)
        self._counts[bisect_right(EDGES, late)] += 1
        self.ticks += 1
        self.worst = max(self.worst, late)

    def percentile(self, percent: float) -> float:
        """Milliseconds that so many of a hundred ticks were late at most; 0 before the first."""
        rank, below = self.ticks * percent / 100, 0
        for place, count in enumerate(self._counts):
            if count and below + count >= rank:
                low = EDGES[place - 1] if place else 0.0
                high = min(EDGES[place], self.worst) if place < len(EDGES) else self.worst
                return low + (high - low) * (rank - below) / count
            below += count
        return self.worst

    def percentiles(self) -> dict[str, float]:
        """p50, p95, p99 and the worst, in milliseconds."""
        return {**{f"p{percent}": self.percentile(percent) for percent in (50, 95, 99)}, "worst": self.worst}

    def bars(self) -> list[int]:
        """How many ticks lay below the first border of `SHOWN`, between each two, and beyond the last."""
        sums = [0, *accumulate(self._counts)]
        upto = [sums[bisect_right(EDGES, edge)] for edge in SHOWN]  # the borders are edges too
        return [after - before for before, after in zip([0, *upto], [*upto, sums[-1]], strict=True)]


class LagProbe(QObject):
    """Measures by a fast timer of its own, for benchmarks: `sampler` has the figures."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sampler = LagSampler(BEAT)
        self._timer = QTimer(self, interval=BEAT, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.sampler.tick(time.perf_counter()))
        self._timer.start()

    def restart(self) -> None:
        """Forgets what was measured so far."""
        self.sampler.reset()

    def percentiles(self) -> dict[str, float]:
        """As `LagSampler.percentiles`."""
        return self.sampler.percentiles()
