"""Both directions of sound together, opened without making the window wait."""

from __future__ import annotations

import threading

import numpy as np

from app.audio.devices import AudioError, find
from app.audio.player import Player
from app.audio.recorder import Recorder


class Sound:
    """The recorder and the player once they are open; sentences about what could not be opened."""

    def __init__(self, input_device: str | None = None, output_device: str | None = None) -> None:
        """Devices by (a part of) their name; None is the system's default."""
        self.recorder: Recorder | None = None
        self.player: Player | None = None
        self.input_error = self.output_error = ""
        self.is_settled = False
        """Whether opening has ended, well or not."""
        self._wanted = (input_device, output_device)
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Begins to open the devices on a thread of its own: a hanging one blocks whoever opens it."""
        self._thread = threading.Thread(target=self._open, name="open sound", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(timeout=2)
        for part in (self.recorder, self.player):
            if part is not None:
                part.close()
        self.recorder = self.player = None

    def write(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """As `Player.write`; without a speaker the sound goes nowhere."""
        if self.player is not None:
            self.player.write(turn, samples, rate)

    def finish(self, turn: int) -> None:
        """As `Player.finish`."""
        if self.player is not None:
            self.player.finish(turn)

    def _open(self) -> None:
        wanted_input, wanted_output = self._wanted
        try:
            player = Player(find("output", wanted_output))
            player.open()
            self.player = player
        except AudioError as error:
            self.output_error = str(error)
        try:
            recorder = Recorder(find("input", wanted_input))
            recorder.open()
            self.recorder = recorder
        except AudioError as error:
            self.input_error = str(error)
        self.is_settled = True
