"""The second step: does the microphone hear you?"""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtWidgets import QWidget

from app.audio.recorder import Recorder
from app.audio.sound import Sound
from app.core.replay import Replay
from app.pages.welcome import privacy
from app.pages.welcome.device_box import DeviceBox
from app.pages.welcome.step import IconSentence, WelcomeStep, button
from app.pages.welcome.take_view import TakeView
from app.pages.welcome.verdict import MISSING, MUTED, RecordingVerdict, judge
from app.widgets import icons
from app.widgets.flow import Flow

SECONDS = 3.0
PATIENCE = 2.0  # seconds that a recording may take longer before the microphone counts as dead
TEXT = "Choose one and say a sentence, for example “What is two plus two?”. You hear it back, and Refrain says how good it was."
WHAT = (0, "microphone test")


class MicrophoneStep(WelcomeStep):
    def __init__(self, sound: Sound) -> None:
        super().__init__("microphone", "Your microphone", TEXT)
        self._sound = sound
        self._recorder: Recorder | None = None  # whose level is shown
        self._position = 0
        self._recording: tuple[Recorder, int] | None = None  # which goes on, and where in its sound it began
        self._began = 0.0
        self._take: np.ndarray | None = None
        self._rate = 0
        self._replay: Replay | None = None
        self.verdict: RecordingVerdict | None = None
        self.device = DeviceBox(sound, "input")
        self.trouble = IconSentence("warning")
        self.view = TakeView()
        self.record = button("microphone", "Record 3 seconds")
        self.record.clicked.connect(self._press)
        self.again = button("play", "Play again")
        self.again.clicked.connect(self._play)
        self.privacy = button("settings", "Open the privacy settings")
        self.privacy.clicked.connect(privacy.open_page)
        self.words = IconSentence("check")
        self.advice = IconSentence("microphone")
        buttons = Flow(self.record, self.again, self.privacy, spacing=12)
        for widget in (self.device, self.trouble, self.view):
            self.body.addWidget(widget)
        self.body.addLayout(buttons)
        self.body.addWidget(self.words)
        self.body.addWidget(self.advice)
        self._show()

    @property
    def is_done(self) -> bool:
        return self.verdict is not None

    @property
    def first(self) -> QWidget | None:
        return None if self.verdict is not None and self.verdict.is_good else self.record

    @property
    def is_recording(self) -> bool:
        return self._recording is not None

    @property
    def is_playing(self) -> bool:
        """Whether the recording sounds."""
        return self._replay is not None

    def entered(self) -> None:
        self._sound.show_list(True)

    def left(self) -> None:
        self._sound.show_list(False)
        self._recording = None
        self._hush()
        if self._take is None:
            self.view.show_take(None)
        self._show()

    def tick(self) -> None:
        self.device.follow()
        sound, recorder = self._sound, self._sound.recorder
        trouble = sound.hung or sound.input.lost or sound.input_error or sound.input.note
        if not trouble and sound.is_settled and recorder is None:
            trouble = "There is no microphone. Connect one; you can also type your questions."
        self.trouble.show_fact("warning", trouble, "danger")
        self.trouble.setVisible(bool(trouble))
        self._follow_level(recorder)
        if self._recording is not None:
            self._follow_recording(*self._recording)
        self.record.setEnabled(recorder is not None)
        if self._replay is not None:
            if self._replay.is_over:
                self._hush()
            elif self._take is not None:
                self.view.show_played(max(1e-3, self._replay.seconds * self._rate / len(self._take)))

    def _follow_level(self, recorder: Recorder | None) -> None:
        if recorder is not None and recorder is self._recorder:
            samples = recorder.ring.since(self._position)
            self._position += len(samples)
            self.view.add(float(np.abs(samples).max(initial=0)))
            return
        if self.is_recording:
            self._finish(MISSING)
        self._recorder, self._position = recorder, recorder.position if recorder is not None else 0
        self.view.add(0.0)

    def _follow_recording(self, recorder: Recorder, start: int) -> None:
        samples, whole = recorder.ring.since(start), round(SECONDS * recorder.rate)
        self.view.show_take(samples[:whole], whole)
        if len(samples) >= whole:
            self._complete(samples[:whole], recorder)
        elif time.monotonic() - self._began > SECONDS + PATIENCE:
            self._finish(MISSING)

    def _press(self) -> None:
        """The button begins a recording, or ends the one that goes on early."""
        recorder = self._recorder
        if self._recording is not None:
            recorder, start = self._recording
            self._complete(recorder.ring.since(start), recorder)
        elif recorder is not None and not recorder.is_closed:
            self._hush()
            self._take, self.verdict = None, None
            self._recording, self._rate, self._began = (recorder, recorder.position), recorder.rate, time.monotonic()
            self._show()

    def _complete(self, samples: np.ndarray, recorder: Recorder) -> None:
        self._take = samples
        self.view.show_take(samples, len(samples))
        self._finish(MUTED if recorder.muted else judge(samples, recorder.rate))

    def _finish(self, verdict: RecordingVerdict) -> None:
        self._recording, self.verdict = None, verdict
        if verdict.kind in ("missing", "muted", "silent"):
            self._take = None
            self.view.show_take(None)
        else:
            self._play()
        self._show()

    def _play(self) -> None:
        self._hush()
        player = self._sound.player
        if player is not None and self._take is not None and len(self._take):
            self._replay = Replay(player, WHAT, [self._take], self._rate, 0.0)

    def _hush(self) -> None:
        replay, self._replay = self._replay, None
        if replay is not None and not replay.is_over and self._sound.player is not None:
            self._sound.player.stop()
        self.view.show_played(0.0)

    def _show(self) -> None:
        verdict = self.verdict
        self.record.setText("Stop" if self.is_recording else "Record again" if verdict else "Record 3 seconds")
        self.record.setIcon(icons.icon("stop" if self.is_recording else "microphone", "text"))
        self.again.setVisible(self._take is not None)
        self.privacy.setVisible(verdict is not None and verdict.kind == "silent" and privacy.has_page())
        for fact, text in ((self.words, verdict.sentence if verdict else ""), (self.advice, verdict.advice if verdict else "")):
            fact.setVisible(bool(text))
            good = verdict is not None and verdict.is_good
            drawing: icons.Name = "settings" if fact is self.advice else "check" if good else "warning"
            fact.show_fact(drawing, text, "muted" if fact is self.advice else "accent" if good else "danger")
        self.changed.emit()
