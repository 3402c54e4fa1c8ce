"""`--demo`: asks the bundled questions by itself, one after another, each with the next schedule."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace

from app.core.conversation import Conversation
from engine import audio_files
from engine.benchmarks.questions import spoken
from engine.schedules import presets

PAUSE = 2.0  # seconds of rest between turns
QUESTIONS = 24


class Demo:
    """Whoever speaks or types meanwhile is answered first: the demonstration only fills the silence."""

    def __init__(self, conversation: Conversation) -> None:
        """Raises `ValueError` with a sentence if this installation has no bundled questions."""
        self._conversation = conversation
        self._sounds = itertools.cycle([item.audio for item in spoken(QUESTIONS) if item.audio is not None])
        self._schedules: Iterator[str] | None = None
        self._quiet_since: float | None = None

    def tick(self) -> None:
        """At display rate."""
        conversation, now = self._conversation, time.monotonic()
        if conversation.model is None or conversation.is_busy:
            self._quiet_since = None
            return
        if self._quiet_since is None:
            self._quiet_since = now
        if now - self._quiet_since < PAUSE:
            return
        self._quiet_since = None
        model = conversation.model
        if self._schedules is None:
            offered = presets(model.layers, model.exit_layers, model.trained_heads, model.frames)
            self._schedules = itertools.cycle([str(preset.schedule) for preset in offered])
        samples, rate = audio_files.recording(next(self._sounds)).sound
        conversation.ask_aloud(samples, rate, replace(conversation.how, schedule=next(self._schedules)))
