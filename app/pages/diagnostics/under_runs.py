"""How often the sound broke off, minute by minute, read from the counters of the open devices."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

KINDS = {"ring_underruns": "reply not ready", "device_underflows": "program late"}
"""What makes a gap that can be heard, by the counter's name."""
CURES = {"ring_underruns": "a schedule that exits earlier", "device_underflows": "the latency “Safe”"}
OTHERS = {
    "device_overflows": "microphone samples lost",
    "output_late": "late call of the speaker",
    "input_late": "late call of the microphone",
}
EVERY = 1.0  # seconds between two looks
MINUTES = 30


class UnderRuns:
    """Looks once a second and remembers half an hour. Belongs to the screen's thread."""

    def __init__(self, counters: Callable[[], Mapping[str, object]]) -> None:
        """`counters`: as `Sound.counters`."""
        self._counters = counters
        self._highest = dict.fromkeys((*KINDS, *OTHERS), 0)  # a device that is being closed counts nothing for a moment
        self.reset()

    def reset(self) -> None:
        """Counts from zero again."""
        self._look()
        self.totals = dict.fromkeys((*KINDS, *OTHERS), 0)
        self._began: float | None = None
        self._next = 0.0
        self._minute = 0
        self.minutes: deque[dict[str, int]] = deque([dict.fromkeys(KINDS, 0)], maxlen=MINUTES)
        """Under-runs of each kind in each minute; the last one is under way."""

    @property
    def total(self) -> int:
        """All gaps that could be heard."""
        return sum(self.totals[kind] for kind in KINDS)

    def tick(self, now: float) -> None:
        """At any rate; `now` in seconds of a clock that never goes back."""
        if self._began is None:
            self._began = now
        if now < self._next:
            return
        self._next = now + EVERY
        minute = int((now - self._began) / 60)
        for _ in range(min(minute - self._minute, MINUTES)):
            self.minutes.append(dict.fromkeys(KINDS, 0))
        self._minute = minute
        for name, more in self._look().items():
            self.totals[name] += more
            if name in KINDS:
                self.minutes[-1][name] += more

    def _look(self) -> dict[str, int]:
        """What was added since the last look."""
        counts = self._counters()
        now = {name: count for name in self._highest if isinstance(count := counts.get(name, 0), int)}
        more = {name: max(0, now.get(name, 0) - highest) for name, highest in self._highest.items()}
        for name, count in more.items():
            self._highest[name] += count
        return more
