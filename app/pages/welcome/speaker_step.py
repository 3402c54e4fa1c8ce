"""The third step: do you hear the speaker?"""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.audio.player import Player
from app.audio.sound import Sound
from app.core.replay import Replay
from app.pages.welcome.chime import RATE, chime
from app.pages.welcome.device_box import DeviceBox
from app.pages.welcome.step import IconSentence, WelcomeStep, button
from app.widgets import theme
from app.widgets.flow import Flow

PATIENCE = 5.0  # seconds for a device to open, or to begin to sound
TEXT = "Choose one and play three soft bells."
WHAT = (0, "speaker test")
WIDEST = 400  # pixels of a device's name
LOUDER = "Turn the volume up and look whether the right output is chosen in the system's sound settings."


class SpeakerStep(WelcomeStep):
    def __init__(self, sound: Sound) -> None:
        super().__init__("speaker", "Your speaker", TEXT)
        self._sound = sound
        self._replay: Replay | None = None
        self._began = 0.0
        self._waits_for_another_than: Player | None = None  # the next device is being opened
        self._is_waiting = False
        self._was_heard: bool | None = None
        self._has_played = False
        self._problem = ""
        self.device = DeviceBox(sound, "output")
        self.trouble = IconSentence("warning")
        self.play = button("play", "Play the bells")
        self.play.clicked.connect(self._play)
        self.question = QWidget()
        self.yes = button("check", "Yes")
        self.yes.setAccessibleName("Yes, I heard it")
        self.yes.clicked.connect(lambda: self._answer(True))
        self.no = button("close", "No")
        self.no.setAccessibleName("No, I heard nothing")
        self.no.clicked.connect(lambda: self._answer(False))
        self.advice = IconSentence("speaker")
        self.other = button("speaker", "")
        self.other.clicked.connect(self._try_other)
        self.question.setLayout(Flow(theme.label("Did you hear it?", bold=True), Flow(self.yes, self.no), spacing=12))
        self.body.addWidget(self.device)
        self.body.addWidget(self.trouble)
        for widget in (self.play, self.question, self.advice, self.other):
            row = QHBoxLayout()
            row.addWidget(widget)
            if isinstance(widget, QPushButton):
                row.addStretch()
            self.body.addLayout(row)
        self._show()

    @property
    def is_done(self) -> bool:
        return bool(self._was_heard)

    @property
    def first(self) -> QWidget | None:
        return None if self.is_done else self.play

    @property
    def is_playing(self) -> bool:
        """Whether the bells sound, or are about to."""
        return self._replay is not None or self._is_waiting

    def entered(self) -> None:
        self._sound.show_list(True)

    def left(self) -> None:
        self._sound.show_list(False)
        self._is_waiting = False
        self._hush()

    def tick(self) -> None:
        self.device.follow()
        sound, player = self._sound, self._sound.player
        trouble = sound.hung or sound.output.lost or sound.output_error or sound.output.note or self._problem
        if not trouble and sound.is_settled and player is None and not self._is_waiting:
            trouble = "There is no speaker. Connect one; you can also read the replies."
        self.trouble.show_fact("warning", trouble, "danger")
        self.trouble.setVisible(bool(trouble))
        self.play.setEnabled(player is not None)
        if self._is_waiting:
            self._follow_opening(player)
        elif self._replay is not None:
            self._follow_replay(self._replay, player)

    def _follow_opening(self, player: Player | None) -> None:
        if player is not None and player is not self._waits_for_another_than:
            self._play()
        elif time.monotonic() - self._began > PATIENCE:
            self._is_waiting, self._problem = False, "The other speaker does not open. Choose another one."

    def _follow_replay(self, replay: Replay, player: Player | None) -> None:
        sounds = player is not None and player.has_sounded
        if sounds and not self._has_played:
            self._has_played = True
            self._show()
            if self.play.hasFocus():
                self.yes.setFocus()
        if replay.is_over:
            self._replay = None
        elif not sounds and time.monotonic() - self._began > PATIENCE:
            self._problem = f"The speaker “{self._sound.output.name}” takes no sound. Choose another one."
            self._hush()

    def _play(self) -> None:
        player = self._sound.player
        self._is_waiting, self._problem = False, ""
        if player is not None:
            self._was_heard, self._has_played, self._began = None, False, time.monotonic()
            self._replay = Replay(player, WHAT, [chime()], RATE, 0.0)
            self._show()

    def _answer(self, heard: bool) -> None:
        self._was_heard = heard
        self._hush()
        self._show()
        if heard:
            self.passed.emit()
        else:
            (self.other if self.device.next_name else self.play).setFocus()

    def _try_other(self) -> None:
        self._hush()
        self._waits_for_another_than, self._is_waiting, self._began = self._sound.player, True, time.monotonic()
        self._was_heard = None
        self.device.choose(self.device.next_name)
        self._show()

    def _hush(self) -> None:
        replay, self._replay = self._replay, None
        if replay is not None and not replay.is_over and self._sound.player is not None:
            self._sound.player.stop()

    def _show(self) -> None:
        missed, name = self._was_heard is False, self.device.next_name
        had_focus = self.other.hasFocus()
        self.play.setText("Play again" if self._has_played else "Play the bells")
        self.question.setVisible(self._has_played and self._was_heard is None)
        self.advice.setVisible(missed or bool(self._was_heard))
        if self._was_heard:
            self.advice.show_fact("check", "The speaker works.")
        else:
            self.advice.show_fact("speaker", LOUDER, "muted")
        self.other.setVisible(missed and bool(name))
        short = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, WIDEST)
        self.other.setText(f"Try “{short}”".replace("&", "&&"))
        if had_focus and self.other.isHidden():
            self.play.setFocus()
        self.changed.emit()
