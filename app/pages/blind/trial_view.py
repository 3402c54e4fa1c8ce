"""One trial on the screen: letters, a bar without seconds, and the answers. It is given sound without names."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from app.listening.plan import Method
from app.listening.results import TrialAnswer
from app.pages.blind.answers import QUESTIONS, AnswerRow
from app.pages.blind.clip_button import HEIGHT, ClipButton
from app.pages.blind.listening_view import ListeningView
from app.pages.blind.pieces import accent_button, centred
from app.pages.blind.sounds import Playback, TrialSounds
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.progress_bar import ProgressBar
from app.widgets.scroll import Scroll
from app.widgets.words import Words

LETTERS = "ABX"
PLAYS = ("blind_1", "blind_2", "blind_3")
TOLERANCE = 0.05  # seconds at a clip's end that a sound card's block may swallow
WIDTH = 860  # of a trial, in pixels: the eye must not wander
LOW_CLIP, ROOMY = 108, 640  # pixels of a letter on a low screen, and of a screen that is not low


class TrialView(ListeningView):
    """Emits `answered(Answer)` once per trial, and `pause_requested`; it never learns what A, B and X are."""

    answered = Signal(object)
    pause_requested = Signal()

    def __init__(self, playback: Playback) -> None:
        super().__init__(playback)
        self._playing: int | None = None  # the clip last asked for, while it was not paused
        self._current: int | None = None
        self.progress = theme.label("", scale=1.15, bold=True)
        self.test_bar = ProgressBar("Progress of the test", 4)
        self.prompt = Words(scale=1.25)
        self.prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clips = [ClipButton(letter) for letter in LETTERS]
        self.position = ProgressBar("Position in the clip", 6)
        self.question = theme.label("", scale=1.15, bold=True)
        self.answers = AnswerRow()
        self.confirm = accent_button("Confirm", "Confirm the answer")
        self.confirm.setToolTip("The answer cannot be changed afterwards")
        self.pause = QPushButton("Pause the test")
        self.pause.setAccessibleName("Pause the test")
        self.pause.setToolTip("The answers so far are kept")
        self.keys = Words(role="caption", scale=0.92)
        self.keys.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name_keys("preference", 2)
        self._lay_out()
        self._connect()

    def show_trial(self, number: int, total: int, prompt: str, method: Method, heard: TrialSounds, share: float) -> None:
        """Starts a trial with the clips in the order of the letters; `share` of each must be heard.

        A ranking has `total` trials at most.
        """
        self._heard, self._needed = heard, [share * seconds - TOLERANCE for seconds in heard.seconds]
        self._playing = self._current = None
        self._is_saving = False
        self.progress.setText(f"Trial {number} of {'at most ' if method == 'ranking' else ''}{total}")
        self.test_bar.set_share((number - 1) / total)
        self.prompt.setText(f"“{prompt}”")
        self.question.setText(QUESTIONS[method])
        last = len(heard.clips)
        for clip, button in enumerate(self.clips):
            button.setVisible(clip < last)
        self.answers.offer(method)
        self._name_keys(method, last)
        for before, after in itertools.pairwise((*self.clips, *self.answers.buttons, self.confirm)):
            self.setTabOrder(before, after)
        self.pause.setEnabled(True)
        self._say("")
        self._try(lambda: self._playback.load(heard.clips, heard.rate))
        self._underruns = getattr(self._playback, "underruns", 0)
        self._since = time.monotonic()
        self.setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Shows what was heard so far; called at display rate."""
        if self._heard is None:
            return
        position = self._playback.position
        if self._playing is not None and position >= self._heard.length - TOLERANCE:
            self._playing = None  # its end
        for clip in range(len(self._heard.clips)):
            self.clips[clip].set_state(clip == self._playing, self._playback.heard(clip) >= self._needed[clip])
        self.position.set_share(position / self._heard.length)
        ready = self._all_heard and not self._is_saving
        if self.answers.isEnabled() != ready:
            self.answers.setEnabled(ready)
        if self.confirm.isEnabled() != (ready and self.answers.value is not None):
            self.confirm.setEnabled(not self.confirm.isEnabled())
        if not self._problem:
            self.hint.setText(self._what_next(self._heard))

    def finishing(self) -> None:
        """There is no further trial; the result is being worked out."""
        self._heard = None
        self.confirm.setEnabled(False)
        self.answers.setEnabled(False)
        self.pause.setEnabled(False)
        self.test_bar.set_share(1)
        self.hint.setText("Thank you. The result is being worked out…")

    def _what_next(self, heard: TrialSounds) -> str:
        if not self._all_heard:
            letters = "A, B and X" if len(heard.clips) == len(LETTERS) else "A and B"
            return f"Listen to {letters} first, as often as you like."
        return "Choose an answer." if self.answers.value is None else ""

    @property
    def _all_heard(self) -> bool:
        return self._heard is not None and all(one.is_heard for one in self.clips[: len(self._heard.clips)])

    def _play(self, clip: int) -> None:
        if self._heard is None or clip >= len(self._heard.clips) or self._is_saving:
            return
        at_end = self._playback.position >= self._heard.length - TOLERANCE
        if clip == self._playing or at_end:  # once more, from the start
            self._try(self._playback.stop)
        self._playing = self._current = clip
        self._try(lambda: self._playback.play(clip))
        self.refresh()

    def _toggle(self) -> None:
        if self._playing is not None:
            self.silence()
        else:
            self._play(self._current or 0)

    def _enter(self) -> None:
        """Presses the button that has the focus, and otherwise confirms."""
        focused = self.focusWidget()
        if focused is self.pause or focused in self.clips:
            focused.click()
        elif focused in self.answers.buttons and not focused.isChecked():
            focused.click()
        else:
            self._confirm()

    def _confirm(self) -> None:
        value = self.answers.value
        if value is None or self._heard is None or not self.confirm.isEnabled() or self._is_saving:
            return
        seconds = time.monotonic() - self._since
        heard = tuple(self._playback.heard(clip) for clip in range(len(self._heard.clips)))
        self.silence()
        self._is_saving = True
        self.setFocus()  # else it moves on from the answers, now disabled, and Enter would press what it finds there
        self._say("")
        self.refresh()
        self.answered.emit(TrialAnswer(value, seconds, heard, self._gaps))

    def _nothing_plays(self) -> None:
        self._playing = None

    def _connect(self) -> None:
        for index, button in enumerate(self.clips):
            button.clicked.connect(lambda _, index=index: self._play(index))
            self._on_key(PLAYS[index], partial(self._play, index))
        for action in ("blind_a", "blind_n", "blind_b"):
            self._on_key(action, partial(self.answers.choose_key, action))
        self._on_key("blind_left", lambda: self.answers.step(-1))
        self._on_key("blind_right", lambda: self.answers.step(1))
        self._on_key("blind_play", self._toggle)
        self._on_key("blind_confirm", self._enter)
        self._on_key("blind_pause", self.pause.click)
        self.answers.chosen.connect(self.refresh)
        self.confirm.clicked.connect(self._confirm)
        self.pause.clicked.connect(self.pause_requested)

    def _name_keys(self, method: Method, clips: int) -> None:
        """Says which keys do what."""
        text = shortcuts.now().text
        chooses = {"abx": ("a", "b"), "ccr": ("left", "n", "right")}.get(method, ("a", "n", "b"))
        for button, action in zip(self.clips, PLAYS, strict=True):
            button.show_key(text(action))
        plays = " ".join(filter(None, map(text, PLAYS[:clips])))
        answers = " ".join(filter(None, (text(f"blind_{choice}") for choice in chooses)))
        keys = ((plays, "play"), (text("blind_play"), "pause"), (answers, "answer"), (text("blind_confirm"), "confirm"))
        self.keys.setText("      ".join(f"{key}  {words}" for key, words in keys if key))
        self.confirm.setText(f"Confirm   {text('blind_confirm')}".rstrip())
        self.pause.setText(f"Pause the test   {text('blind_pause')}".rstrip())

    def _on_key(self, action: str, act: Callable[[], None]) -> None:
        shortcuts.now().bind(action, self, act, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a low screen the letters are smaller: everything up to the answer is seen at once as long as it can be."""
        super().resizeEvent(event)
        is_low = self.height() < theme.scaled(ROOMY)
        for button in self.clips:
            theme.fix(button, height=LOW_CLIP if is_low else HEIGHT)
        self._trial.setSpacing(8 if is_low else 14)

    def _lay_out(self) -> None:
        head = Flow(self.progress, spacing=12)
        head.add_stretch()
        head.add(self.pause)
        row = QHBoxLayout()
        row.setSpacing(16)
        for button in self.clips:
            row.addWidget(button)
        self._trial = trial = QVBoxLayout()
        trial.setContentsMargins(0, 0, 0, 0)
        trial.addStretch(2)
        trial.addWidget(self.prompt)
        trial.addLayout(row)
        trial.addWidget(self.position)
        trial.addSpacing(8)
        trial.addWidget(self.question, 0, Qt.AlignmentFlag.AlignHCenter)
        trial.addWidget(self.answers)
        trial.addWidget(self.hint)
        trial.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignHCenter)
        trial.addStretch(3)
        trial.addWidget(self.keys)
        scroll = Scroll(centred(trial, WIDTH))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.test_bar)
        layout.addWidget(scroll, 1)
