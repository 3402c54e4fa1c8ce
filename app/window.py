"""The window: the conversation on the left, what the engine does on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.audio.sound import Sound
from app.chat.chat_view import ChatView
from app.conversation import Conversation
from app.engine_thread import EngineThread, ModelFacts
from app.panels.depth import DepthPanel
from app.panels.speed import SpeedPanel
from app.schedules.picker import SchedulePicker

TICK = 16  # milliseconds
PANELS_EVERY = 2  # ticks


class Window(QMainWindow):
    def __init__(self, engine: EngineThread, sound: Sound, model: str, schedule: str = "full") -> None:
        super().__init__()
        self.setWindowTitle("Refrain")
        self.setMinimumSize(960, 620)
        self.resize(1280, 800)
        self._engine, self._sound = engine, sound
        self.conversation = Conversation(engine, sound, schedule)
        self.chat = ChatView(self.conversation)
        self.picker = SchedulePicker(schedule)
        self.picker.chosen.connect(self.conversation.choose_schedule)
        self.depth, self.speed = DepthPanel(), SpeedPanel()
        self._model_line = theme.label("", "muted")
        self._device_line = theme.label("", "muted")
        self._shown_model: ModelFacts | None = None
        self._lay_out()
        self._space_is_down = False
        self._ticks = 0
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        QApplication.instance().installEventFilter(self)
        engine.load(model)
        engine.start()
        sound.open()
        self._timer.start()
        self.chat.talk.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()  # at once: the engine may have to finish loading
        self._timer.stop()
        QApplication.instance().removeEventFilter(self)
        self.conversation.stop()  # first: the engine may be waiting for room in the player
        self._engine.close()
        self._sound.close()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The space bar talks and Esc stops, wherever the focus is, except where they mean something else."""
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self:
            self._lift_space()  # its release will not come
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self:
            return False
        if event.key() == Qt.Key.Key_Space and not self._space_belongs_to(watched):
            if not event.isAutoRepeat():
                self._press_space() if kind == QEvent.Type.KeyPress else self._lift_space()
            return True
        if event.key() == Qt.Key.Key_Escape and kind == QEvent.Type.KeyPress:
            self.conversation.stop()
            self.chat.talk.setFocus()
            return True
        return False

    def _space_belongs_to(self, widget: QWidget) -> bool:
        if self._space_is_down or widget is self.chat.talk:
            return False
        return isinstance(widget, QLineEdit | QComboBox | QAbstractButton)

    def _press_space(self) -> None:
        self._space_is_down = True
        self.chat.talk.press()

    def _lift_space(self) -> None:
        if self._space_is_down:
            self._space_is_down = False
            self.chat.talk.release()

    def _tick(self) -> None:
        conversation, sound = self.conversation, self._sound
        conversation.tick()
        self._show_model()
        self.chat.refresh()
        self._ticks += 1
        if self._ticks % PANELS_EVERY:
            return
        self.chat.meter.setVisible(sound.recorder is not None)
        if sound.recorder is not None:
            self.chat.meter.add(sound.recorder.take_peak(), conversation.recording is not None)
        self.depth.refresh(conversation.last)
        self.speed.refresh(conversation.last, sound.player.buffered_seconds if sound.player else 0.0)
        if sound.is_settled:
            microphone = sound.recorder.device.name if sound.recorder else "none"
            speaker = sound.player.device.name if sound.player else "none"
            self._device_line.setText(f"Microphone: {microphone}     Speaker: {speaker}")

    def _show_model(self) -> None:
        model = self.conversation.model
        if model is not self._shown_model and model is not None:
            self.picker.set_model(model)
            self.depth.set_layers(model.layers)
            exits = ", ".join(map(str, model.exit_layers)) or "none"
            self._model_line.setText(f"{model.name}  ·  {model.layers} layers, exits at {exits}")
        self._shown_model = model

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(14)
        header.addWidget(theme.label("Refrain", scale=1.5, bold=True))
        header.addWidget(self._model_line, 0, Qt.AlignmentFlag.AlignBottom)
        header.addStretch()
        header.addWidget(self._device_line, 0, Qt.AlignmentFlag.AlignBottom)
        side = QVBoxLayout()
        side.setSpacing(14)
        side.addWidget(self.picker)
        side.addWidget(self.depth, 5)
        side.addWidget(self.speed, 5)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.chat, 7)
        columns.addLayout(side, 5)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 18, 24, 20)
        layout.setSpacing(16)
        layout.addLayout(header)
        layout.addLayout(columns, 1)
        centre = QWidget()
        centre.setLayout(layout)
        self.setCentralWidget(centre)
