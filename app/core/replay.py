"""Sound that was made before, played once more."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from app.audio.player import Player
from engine.worker_thread import Thread

_NUMBERS = itertools.count(-1, -1)  # turns of the player that are no turns of the conversation


class Replay:
    """Plays pieces of mono float32 at `rate` Hz from `start` seconds on; `what` says to the caller what it is."""

    def __init__(self, player: Player, what: tuple[int, str], pieces: Sequence[np.ndarray], rate: int, start: float) -> None:
        self.what = what
        self._player, self._start = player, start
        number = next(_NUMBERS)
        player.begin(number)

        def write() -> None:
            skip = round(start * rate)
            for piece in list(pieces):
                if skip < len(piece):
                    player.write(number, piece[skip:], rate)
                skip = max(0, skip - len(piece))
            player.finish(number)

        Thread(write, "replay").start()  # a long sound waits for room

    @property
    def seconds(self) -> float:
        """Where in the sound it is."""
        return self._start + self._player.heard_seconds

    @property
    def is_over(self) -> bool:
        return self._player.is_done or self._player.is_closed
