"""Looks at the devices again and again while that matters, on a thread of its own: a look may take seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.audio import pulse
from app.audio.list_devices import DeviceList, ask_child
from app.audio.pulse import PulseView
from engine.worker_thread import Thread

EVERY = 3.0  # seconds between two looks


class DeviceWatch:
    """Keeps `devices` fresh while the list is `shown` or a device is `missing`, and `view` all the time."""

    def __init__(
        self, list_devices: Callable[[], DeviceList] = ask_child, look: Callable[[], PulseView | None] = pulse.look
    ) -> None:
        self.devices: DeviceList | None = None
        self.view: PulseView | None = None
        self.looks = 0
        """How often `view`, and where that matters `devices`, were renewed."""
        self.shown = False
        self.missing = False
        self._list_devices, self._look = list_devices, look
        self._closing = False
        self._wake = threading.Event()
        self._thread = Thread(self._run, "watch devices")

    def start(self) -> None:
        self._thread.start()

    def show(self, shown: bool) -> None:
        """Whether the list is on the screen."""
        self.shown = shown
        if shown and self.devices is None:
            self._wake.set()

    def look_now(self) -> None:
        """Does not wait for the next time: something was opened."""
        self._wake.set()

    def close(self) -> None:
        self._closing = True
        self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            self.view = self._look()
            if self.shown or self.missing:
                self.devices = self._list_devices()
            self.looks += 1
            self._wake.wait(EVERY)
            self._wake.clear()
