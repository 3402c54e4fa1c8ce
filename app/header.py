"""The line above every page: which model answers, what went wrong, which devices are in use."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from app import theme
from app.audio.device_menu import DeviceMenu
from app.audio.sound import Sound
from app.engine_commands import ModelFacts

NAME_WIDTH = 128  # of a device, in pixels


class Header(QWidget):
    def __init__(self, sound: Sound, panels: QMenu, choose: Callable[..., None]) -> None:
        """`choose` is called as `Sound.choose`."""
        super().__init__()
        self._sound = sound
        self._model = theme.label("", "muted")
        self._devices = theme.label("", "muted")
        self._problem = theme.label("", "danger")
        self._problem.hide()
        self.devices = QPushButton("Devices")
        self.devices.setProperty("role", "small")
        self.devices.setAccessibleName("Microphone and speaker")
        self.devices.setMenu(DeviceMenu(sound, choose, self))
        self.panels = QPushButton("Panels")
        self.panels.setProperty("role", "small")
        self.panels.setAccessibleName("Which panels are shown")
        self.panels.setMenu(panels)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(theme.label("Refrain", scale=1.5, bold=True))
        layout.addWidget(self._model, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._problem, 1, Qt.AlignmentFlag.AlignBottom)
        layout.addStretch()
        layout.addWidget(self._devices, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self.devices)
        layout.addWidget(self.panels)

    def show_model(self, model: ModelFacts | None) -> None:
        """Which model answers; None while there is none."""
        if model is None:
            return self._model.setText("")
        exits = ", ".join(map(str, model.exit_layers)) or "none"
        self._model.setText(f"{model.name}  ·  {model.layers} layers, exits at {exits}")

    def show_problem(self, sentence: str) -> None:
        """What keeps the program from keeping things; "" is nothing."""
        if sentence != self._problem.text():
            self._problem.setText(sentence)
            self._problem.setVisible(bool(sentence))

    def refresh(self) -> None:
        """Shows the devices that are in use now."""
        sound = self._sound
        if not sound.is_settled:
            return
        names = [line.name or "none" for line in (sound.input, sound.output)]
        whole = "Microphone: {}     Speaker: {}".format(*names)
        if whole != self._devices.toolTip():
            metrics, right = self._devices.fontMetrics(), Qt.TextElideMode.ElideRight
            short = [metrics.elidedText(name, right, NAME_WIDTH) for name in names]
            self._devices.setText("Microphone: {}     Speaker: {}".format(*short))
            self._devices.setToolTip(whole)
