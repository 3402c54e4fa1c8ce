"""How regularly a device calls back: a dead one reports no error, its calls only stop."""

from __future__ import annotations

import time

EDGES = (0.03, 0.06, 0.1, 0.2, 0.5)  # seconds


class Heartbeat:
    """Counts the calls of one stream by the time between them; `beat` allocates nothing and takes no lock."""

    def __init__(self, latency: float) -> None:
        """`latency`: seconds of buffer in the device; a call that comes later than this is a late one."""
        self.calls = 0
        self.late = 0
        self._latency = latency
        self._counts = [0] * (len(EDGES) + 1)
        self._last = time.monotonic()

    def beat(self) -> None:
        now = time.monotonic()
        gap, self._last = now - self._last, now
        self.calls += 1
        if self.calls == 1:  # the time the device took to start
            return
        self.late += gap > self._latency
        place = 0
        while place < len(EDGES) and gap > EDGES[place]:
            place += 1
        self._counts[place] += 1

    def restart(self) -> None:
        """The stream is started now."""
        self.calls, self._last = 0, time.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the last call."""
        return time.monotonic() - self._last

    def histogram(self) -> dict[str, int]:
        """How many gaps between calls were how long, in milliseconds."""
        names = [f"<= {round(edge * 1000)} ms" for edge in EDGES] + [f"> {round(EDGES[-1] * 1000)} ms"]
        return dict(zip(names, self._counts, strict=True))
