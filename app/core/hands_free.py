"""Who may speak when: at any time where the microphone hears no reply, else in turns."""

from __future__ import annotations

import time

from app.audio.capture import Capture
from app.audio.recorder import Recorder
from app.audio.voice_activity import VoiceActivity

ECHO_SECONDS = 0.5  # after the last sample the room and the microphone still hold some of it


class HandsFree:
    """Listens for a voice whenever what it hears cannot be the reply itself."""

    def __init__(self, voice: VoiceActivity, capture: Capture) -> None:
        self.is_on = False
        self._voice, self._capture = voice, capture
        self._deaf_until = 0.0

    @property
    def problem(self) -> str:
        """Why it cannot work, as a sentence."""
        return self._voice.problem

    def follow(self, may_listen: bool, is_busy: bool) -> None:
        """`is_busy`: a reply is made or sounds. Called at display rate."""
        now = time.monotonic()
        working = self._capture.is_working
        if is_busy and not (working or self._capture.echo == "headphones"):
            self._deaf_until = now + ECHO_SECONDS
        self._voice.over_reply = is_busy and working
        if self.is_on and may_listen and now >= self._deaf_until:
            self._voice.listen()
        else:
            self._voice.pause()

    @property
    def onset(self) -> tuple[Recorder, int] | None:
        """Where the speech began that is going on; None is silence."""
        return self._voice.onset
