"""One trial of a MUSHRA test on the screen: the reference, and a slider from 0 to 100 for each sound that is rated."""

from __future__ import annotations

import time
from functools import partial
from string import ascii_uppercase

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from app.listening.results import TrialAnswer
from app.pages.blind.listening_view import ListeningView
from app.pages.blind.pieces import accent_button, centred
from app.pages.blind.sounds import Playback, TrialSounds
from app.pages.compare.lane import Lane
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.progress_bar import ProgressBar
from app.widgets.scroll import Scroll
from app.widgets.waveform import Envelope
from app.widgets.words import Words

WORDS = ("Excellent", "Good", "Fair", "Poor", "Bad")
"""Of the scale, each for 20 points, from 100 down (ITU-R BS.1534-3)."""
QUESTION = "How close is each sound to the reference? One of them is the reference itself."
TRAINING = "Training: hear every sound and try the scale, so that you know what will come. Nothing of this page is kept."
REFERENCE = 0  # the clip; those that are rated follow
MIDDLE = 50
CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
TOLERANCE = 0.05  # seconds at a clip's end that a sound card's block may swallow
SCALE_HEIGHT, COLUMN, WIDTH = 250, 86, 980  # pixels at the usual text size


class MushraView(ListeningView):
    """Emits `rated(scores in the order of the letters, TrialAnswer)` once per trial, `begun` after the training, and
    `pause_requested`; it never learns what the letters are."""

    rated = Signal(list, object)
    begun = Signal()
    pause_requested = Signal()

    def __init__(self, playback: Playback) -> None:
        super().__init__(playback)
        self._current, self._is_playing = REFERENCE, False
        self._is_training = False
        self.columns: list[ScoreColumn] = []
        self.progress = theme.label("", scale=1.15, bold=True)
        self.test_bar = ProgressBar("Progress of the test", 4)
        self.prompt = Words(scale=1.2)
        self.prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.lane = Lane("Waveform of the reference")
        self.whole = theme.button("Play all of it", "Repeat no part any more")
        self.reference = QPushButton("Reference")
        self.question = Words(QUESTION, scale=1.05, bold=True)
        self.question.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.confirm = accent_button("Confirm", "Confirm the scores")
        self.pause = QPushButton("Pause the test")
        self.pause.setAccessibleName("Pause the test")
        self.keys = Words(role="caption", scale=0.92)
        self.keys.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grid = QGridLayout()
        self._lay_out()
        self._connect()

    def show_trial(self, number: int, total: int, prompt: str, heard: TrialSounds, share: float, training: bool = False) -> None:
        """Starts a trial with the reference and what is rated in the order of the letters; `share` of each must be heard."""
        self._heard, self._needed = heard, [share * seconds - TOLERANCE for seconds in heard.seconds]
        self._current, self._is_playing, self._is_saving, self._is_training = REFERENCE, False, False, training
        self.progress.setText("Training" if training else f"Prompt {number} of {total}")
        self.test_bar.set_share(0 if training else (number - 1) / total)
        self.prompt.setText(f"“{prompt}”")
        self.question.setText(TRAINING if training else QUESTION)
        self.confirm.setText("Begin the test" if training else f"Confirm   {shortcuts.now().text('blind_confirm')}".rstrip())
        self._set_columns(len(heard.clips) - 1)
        envelope = Envelope(heard.rate)
        envelope.add(heard.clips[REFERENCE])
        low, high = envelope.bins()
        self.lane.show_sound(envelope, heard.length, heard.length, float(max(abs(low.min(initial=0)), high.max(initial=0))))
        self._say("")
        self._try(lambda: self._playback.load(heard.clips, heard.rate, True))
        self._underruns = getattr(self._playback, "underruns", 0)
        self._since = time.monotonic()
        self.setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Shows what was heard so far; called at display rate."""
        heard = self._heard
        if heard is None:
            return
        position, loop = self._playback.position, self._playback.loop
        if self._is_playing and loop is None and position >= heard.length - TOLERANCE:
            self._is_playing = False
        self.lane.show_place(position, loop, True)
        self.whole.setEnabled(loop is not None)
        for clip, button in enumerate(self._buttons):
            _mark(button, self._is_playing and clip == self._current)
        for place, column in enumerate(self.columns, 1):
            column.show_heard(self._is_heard(place))
        ready = not self._is_saving and all(column.is_done for column in self.columns)
        if self._is_training:
            ready = all(column.is_heard for column in self.columns)
        if self.confirm.isEnabled() != ready:
            self.confirm.setEnabled(ready)
        if not self._problem:
            self.hint.setText(self._what_next())

    def finishing(self) -> None:
        """There is no further trial; the result is being worked out."""
        self._heard = None
        for part in (self.confirm, self.pause, *self.columns):
            part.setEnabled(False)
        self.test_bar.set_share(1)
        self.hint.setText("Thank you. The result is being worked out…")

    # --- inside -------------------------------------------------------------------------------------------------------

    @property
    def _buttons(self) -> list[QPushButton]:
        return [self.reference, *(column.play for column in self.columns)]

    def _is_heard(self, clip: int) -> bool:
        return self._playback.heard(clip) >= self._needed[clip]

    def _what_next(self) -> str:
        if not all(column.is_heard for column in self.columns):
            return "Listen to every sound first, as often as you like. Drag over the waveform to repeat a part."
        if self._is_training:
            return ""
        return "" if all(column.is_done for column in self.columns) else "Give every sound a score."

    def _play(self, clip: int) -> None:
        heard = self._heard
        if heard is None or clip >= len(heard.clips) or self._is_saving:
            return
        if not self._is_playing and self._playback.position >= heard.length - TOLERANCE:
            self._try(self._playback.stop)
        self._current, self._is_playing = clip, True
        self._try(lambda: self._playback.play(clip))
        self.refresh()

    def _toggle(self) -> None:
        if self._is_playing:
            self.silence()
        else:
            self._play(self._current)

    def _confirm(self) -> None:
        if self._heard is None or not self.confirm.isEnabled() or self._is_saving:
            return
        self.silence()
        if self._is_training:
            self.begun.emit()
            return
        seconds = time.monotonic() - self._since
        heard = tuple(self._playback.heard(clip) for clip in range(len(self._heard.clips)))
        self._is_saving = True
        self._say("")
        self.refresh()
        self.rated.emit([column.score for column in self.columns], TrialAnswer(0, seconds, heard, self._gaps))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.text()
        if digit and digit in "0123456789" and not event.modifiers() & CHORD:
            self._play(int(digit))
        else:
            super().keyPressEvent(event)

    def _nothing_plays(self) -> None:
        self._is_playing = False

    def _set_columns(self, count: int) -> None:
        while len(self.columns) > count:
            column = self.columns.pop()
            self._grid.removeWidget(column)
            column.deleteLater()
        while len(self.columns) < count:
            place = len(self.columns)
            column = ScoreColumn(ascii_uppercase[place], place + 1)
            column.play.clicked.connect(partial(self._play, place + 1))
            column.changed.connect(self.refresh)
            self._grid.addWidget(column, 0, place + 1)
            self.columns.append(column)
        for column in self.columns:
            column.begin()
        before: QWidget = self.reference
        for column in self.columns:
            self.setTabOrder(before, column.play)
            self.setTabOrder(column.play, column.slider)
            before = column.slider
        self.setTabOrder(before, self.confirm)
        self.pause.setEnabled(True)

    def _connect(self) -> None:
        self.reference.clicked.connect(lambda: self._play(REFERENCE))
        self.lane.sought.connect(lambda seconds: self._try(lambda: self._playback.seek(seconds)))
        self.lane.loop_marked.connect(lambda start, end: self._loop((start, end)))
        self.whole.clicked.connect(lambda: self._loop(None))
        self.confirm.clicked.connect(self._confirm)
        self.pause.clicked.connect(self.pause_requested)
        for action, act in (
            ("blind_play", self._toggle),
            ("blind_confirm", self._enter),
            ("blind_pause", self.pause.click),
        ):
            shortcuts.now().bind(action, self, act, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _enter(self) -> None:
        """Presses the button that has the focus, and otherwise confirms."""
        focused = self.focusWidget()
        if isinstance(focused, QPushButton) and focused is not self.confirm:
            focused.click()
        else:
            self._confirm()

    def _loop(self, loop: tuple[float, float] | None) -> None:
        self._try(lambda: self._playback.set_loop(loop))
        if loop is not None:
            self._try(lambda: self._playback.seek(loop[0]))
        self.refresh()

    def _lay_out(self) -> None:
        self.reference.setAccessibleName("Play the reference")
        self.reference.setToolTip("Play the reference (key 0)")
        self.reference.setCheckable(True)
        self.keys.setText("0  reference      1 to 9  A to I      Space  pause      ↑ ↓  score")
        head = Flow(self.progress, spacing=12)
        head.add_stretch()
        head.add(self.pause)
        scale = QWidget()
        words = QVBoxLayout(scale)
        words.setContentsMargins(0, 0, 8, 0)
        words.setSpacing(0)
        for word in WORDS:
            words.addWidget(theme.label(word, "muted"), 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        theme.fix(scale, height=SCALE_HEIGHT)
        self._grid.setHorizontalSpacing(6)
        self._grid.addWidget(scale, 0, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.prompt)
        column.addWidget(self.lane)
        column.addLayout(Flow(self.reference, self.whole, spacing=12))
        column.addWidget(self.question)
        column.addLayout(self._grid)
        column.addWidget(self.hint)
        column.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        column.addWidget(self.keys)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.test_bar)
        layout.addWidget(Scroll(centred(column, WIDTH)), 1)


class ScoreColumn(QWidget):
    """One sound that is rated: its slider, its score, and the button that plays it. `changed` when it was rated."""

    changed = Signal()

    def __init__(self, letter: str, key: int) -> None:
        super().__init__()
        self.is_heard = self._is_rated = False
        self.slider = QSlider(Qt.Orientation.Vertical)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(f"Score of {letter}")
        self.number: QLabel = theme.label("–", bold=True)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.play = QPushButton(letter)
        self.play.setCheckable(True)
        self.play.setAccessibleName(f"Play {letter}")
        if key < 10:
            self.play.setToolTip(f"Play {letter} (key {key})")
        self.heard: QLabel = theme.label("", "muted", 0.85)
        self.heard.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.fix(self.slider, height=SCALE_HEIGHT)
        self.setMinimumWidth(COLUMN)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.slider, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self.number, self.play, self.heard):
            layout.addWidget(part)
        self.slider.valueChanged.connect(self._rate)
        self.slider.sliderPressed.connect(self._rate)
        self.slider.actionTriggered.connect(lambda _: self._rate())
        self.slider.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page, and rates nothing."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False

    @property
    def score(self) -> int:
        """0 to 100."""
        return self.slider.value()

    @property
    def is_done(self) -> bool:
        return self.is_heard and self._is_rated

    def begin(self) -> None:
        """Neither heard nor rated."""
        self.slider.blockSignals(True)
        self.slider.setValue(MIDDLE)
        self.slider.blockSignals(False)
        self._is_rated = False
        self.number.setText("–")
        self.show_heard(False)
        self.setEnabled(True)

    def show_heard(self, heard: bool) -> None:
        self.is_heard = heard
        words = "heard" if heard else "not heard yet"
        if self.heard.text() != words:
            self.heard.setText(words)
            self.play.setAccessibleDescription(words)

    def _rate(self) -> None:
        self._is_rated = True
        self.number.setText(str(self.slider.value()))
        self.changed.emit()


def _mark(button: QPushButton, plays: bool) -> None:
    if button.isChecked() != plays:
        button.setChecked(plays)
