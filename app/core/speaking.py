"""What the speaker is used for: the reply of the last turn, or something that is played once more."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from app.audio.player import Player
from app.audio.sound import Sound
from app.core.replay import Replay
from app.core.turn import ChatTurn, Played

MOVE_SECONDS = 1.5  # for which a reply whose speaker was closed waits for another one
LOOK = 0.1  # seconds between two looks at how much waits to be played


class Speaking:
    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self.replay: Replay | None = None
        self._turn: ChatTurn | None = None  # whose reply is played
        self._player: Player | None = None
        self._closed_at: float | None = None  # when its speaker was seen to be closed
        self._asked_at = 0.0
        self._looked_at = 0.0

    @property
    def is_sounding(self) -> bool:
        """Whether some sound has yet to leave the speaker."""
        player = self._sound.player
        return player is not None and not player.is_done or self._closed_at is not None

    def begin(self, turn: ChatTurn) -> None:
        """From now on the reply of `turn` is played."""
        self._turn, self._player, self._asked_at = turn, self._sound.player, time.monotonic()
        self._looked_at, self._closed_at = 0.0, None
        if self._player is not None:
            self._player.begin(turn.number)

    def play(self, what: tuple[int, str], pieces: Sequence[np.ndarray], rate: int, start: float) -> None:
        """Plays sound once more; see `Replay`."""
        player = self._sound.player
        if player is not None and pieces and rate:
            self.replay = Replay(player, what, pieces, rate, start)

    def stop(self) -> float | None:
        """Silence. Returns the seconds that were heard of a reply that had not come to its end."""
        player, sounding = self._sound.player, self.is_sounding and self.replay is None
        closed = self._player if self._closed_at is not None else None
        self.follow(False)
        self._leave()
        self.replay = self._turn = self._player = self._closed_at = None
        heard = player.stop() if player is not None else 0.0
        if closed is not None:  # it waited for another speaker
            heard = closed.heard_at_stop
        return heard if sounding else None

    def follow(self, is_replying: bool) -> float | None:
        """At display rate. Returns the seconds that were heard of a reply whose speaker has died.

        Where another one was opened instead the reply goes on there.
        """
        player, turn = self._player, self._turn
        if self.replay is not None and self.replay.is_over:
            self.replay = None
        if player is None or turn is None:
            return None
        if player.is_closed:
            return None if self._has_moved(player, turn) else self._lose(player)
        if player.has_sounded:
            heard = player.heard_seconds
            began = turn.played.began if turn.played else time.monotonic() - self._asked_at - heard
            turn.played = Played(began, heard)
        now = time.monotonic()
        if now - self._looked_at >= LOOK:
            self._looked_at = now
            turn.waiting.append((now - self._asked_at, player.buffered_seconds))
        if player.is_done and not is_replying:
            self._leave()
        return None

    def _has_moved(self, player: Player, turn: ChatTurn) -> bool:
        """Whether the reply goes on on another speaker than that which was closed, or still may."""
        now, other = time.monotonic(), self._sound.player
        self._closed_at = self._closed_at or now
        is_same = other is not None and other.device.name == player.device.name
        if other is not None and not other.is_closed and not (is_same and self._sound.output.lost):
            self._sound.go_on(turn.number, player.heard_at_stop)
            self._player, self._closed_at = other, None
            return True
        return now - self._closed_at < MOVE_SECONDS and not is_same

    def _lose(self, player: Player) -> float:
        """The speaker that died takes the rest of the reply with it."""
        self._leave()
        return player.heard_at_stop

    def _leave(self) -> None:
        """The reply sounds no more, so nothing of it waits."""
        if self._turn is not None and self._player is not None:
            self._turn.waiting.append((time.monotonic() - self._asked_at, 0.0))
        self._turn = self._player = self._closed_at = None
