"""The line above every page: which model answers, which devices are in use, and below it what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.audio.device_menu import DeviceMenu
from app.audio.sound import Sound
from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.fitted import Fitted
from app.widgets.name_label import NameLabel
from app.widgets.words import Words

SPACING = 14
LEAST = 110  # pixels of a name, at the usual text size: with less it is left out


class Header(Fitted, QWidget):
    def __init__(self, sound: Sound, panels: QMenu, choose: Callable[..., None]) -> None:
        """`choose` is called as `Sound.choose`."""
        super().__init__()
        self._sound = sound
        self._title = theme.label("Refrain", scale=1.5, bold=True)
        self._model = NameLabel("", "muted")
        self._microphone, self._speaker = NameLabel("", "muted"), NameLabel("", "muted")
        self._problem = Words(role="danger")
        self._problem.hide()
        self.sessions = theme.button("Sessions", "Show the sessions")
        self.sessions.setCheckable(True)
        self.devices = theme.button("Devices", "Microphone and speaker")
        self.devices.setMenu(DeviceMenu(sound, choose, self))
        self.panels = theme.button("Panels", "Which panels are shown")
        self.panels.setMenu(panels)
        self._line = QHBoxLayout()
        self._line.setSpacing(SPACING)
        self._line.addWidget(self._title)
        for label in (self._model, self._microphone, self._speaker):
            self._line.addWidget(label, 0, Qt.AlignmentFlag.AlignBottom)
            if label is self._model:
                self._line.addStretch(1)
        for button in (self.sessions, self.devices, self.panels):
            self._line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._line)
        layout.addWidget(self._problem)

    def show_model(self, model: ModelFacts | None) -> None:
        """Which model answers; None while there is none."""
        if model is None:
            return self._show(self._model, "")
        exits = ", ".join(map(str, model.exit_layers)) or "none"
        self._show(self._model, f"{model.name}  ·  {model.layers} layers, exits at {exits}")

    def show_problem(self, sentence: str) -> None:
        """What keeps the program from keeping things; "" is nothing."""
        if sentence != self._problem.text():
            self._problem.setText(sentence)
            self._problem.setVisible(bool(sentence))

    def refresh(self) -> None:
        """Shows the devices that are in use now."""
        if not self._sound.is_settled:
            return
        names = [line.name or "none" for line in (self._sound.input, self._sound.output)]
        self._show(self._microphone, f"Microphone: {names[0]}")
        self._show(self._speaker, f"Speaker: {names[1]}")
        whole = f"{self._microphone.text()}\n{self._speaker.text()}"
        if whole != self.devices.toolTip():
            self.devices.setToolTip(whole)

    def minimumSizeHint(self) -> QSize:
        """Of what is always there."""
        fixed = self._fixed()
        height = max(part.sizeHint().height() for part in fixed)
        if not self._problem.isHidden():
            height += self._problem.sizeHint().height() + 6
        return QSize(sum(part.sizeHint().width() + SPACING for part in fixed) - SPACING, height)

    def _show(self, label: NameLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)
            self._fit()

    def _fixed(self) -> list[QWidget]:
        return [part for part in (self._title, self.sessions, self.devices, self.panels) if not part.isHidden()]

    def _fit(self) -> None:
        """Names that there is no room for are left out: those of the devices are in the tooltip of their button, too."""
        room = self.width() - sum(part.sizeHint().width() + SPACING for part in self._fixed())
        for labels in ((self._model,), (self._microphone, self._speaker)):
            needs = sum(min(label.sizeHint().width(), theme.scaled(LEAST)) + SPACING for label in labels)
            for label in labels:
                label.setVisible(bool(label.text()) and needs <= room)
            room -= needs
