"""The two pages for listening, and what goes from one to the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.audio.devices import SoundDevice
from app.audio.playback import ClipPlayback
from app.audio.sound import Sound
from app.core.reply_options import settings_of
from app.core.turn import ChatTurn
from app.engine_client.channel import EngineThread
from app.engine_client.commands import RenderQuestion
from app.listening.plan import ListeningItem, ReplyClip
from app.listening.rendering import Rendered
from app.pages.blind.page import BlindPage
from app.pages.compare.page import ComparePage
from app.storage.library import Library
from engine import folders, installed


class ListeningPages(QObject):
    compare_wanted = Signal()
    blind_wanted = Signal()
    last_turn_wanted = Signal()
    alone = Signal(bool)
    """Whether a blind test runs, which nothing else on the screen may give away."""

    def __init__(self, engine: EngineThread, sound: Sound, library: Library | None = None) -> None:
        """Past conversations that are asked about come from `library`."""
        super().__init__()
        self._sound = sound
        self.compare = ComparePage(
            engine,
            self._output_device,
            lambda: sound.recorder,
            lambda: sound.gain,
            library=library,
            sets_folder=results_folder(),
        )
        self.compare.last_turn_requested.connect(self.last_turn_wanted)
        self.compare.blind_requested.connect(self._test)
        self.compare.sets.blind_requested.connect(self._test_set)
        self._clips = ClipPlayback(self._output_device, lambda: sound.gain)
        self.blind = BlindPage(self._clips, results_folder())
        self.blind.render_requested.connect(self.compare_wanted)
        self.blind.full_page.connect(self.alone)

    def ask(self, turn: ChatTurn) -> None:
        """The question of a turn, live or past, under other schedules."""
        if turn.spoken and turn.question_samples:
            sound = np.concatenate(turn.question_samples)
            question = RenderQuestion(None, sound, turn.question_rate, settings_of(turn).needs_voice)
        elif turn.heard:
            question = RenderQuestion(text=turn.heard)
        else:
            return
        self.compare.set_prompt(question, turn.heard)
        self.compare_wanted.emit()

    def close(self) -> None:
        """Lets go of the speaker."""
        self.compare.close_sound()
        self.blind.end()
        self._clips.end()

    def _test(self, replies: list[Rendered]) -> None:
        """What was rendered side by side becomes a test in which nobody sees which is which."""
        clips = tuple(ReplyClip(one.samples, one.rate, one.text, one.title, one.gain_db) for one in replies)
        about = {"Model": ", ".join(dict.fromkeys(one.model for one in replies)), "Refrain": installed.version()}
        self.blind.set_items([ListeningItem(replies[0].prompt, clips)], about)
        self.blind_wanted.emit()

    def _test_set(self, items: list[ListeningItem], about: dict[str, str]) -> None:
        self.blind.set_items(items, about)
        self.blind_wanted.emit()

    def _output_device(self) -> SoundDevice | None:
        player = self._sound.player
        return player.device if player is not None else None


def results_folder() -> Path:
    """Where the answers to blind tests are kept."""
    return folders.data() / "listening tests"
