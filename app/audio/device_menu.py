"""Which microphone and which speaker: a menu that keeps up with what is plugged in while it is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.audio.devices import LATENCIES
from app.audio.sound import Sound

_TITLES = {"input": "Microphone", "output": "Speaker"}
_LATENCY_WORDS = {"safe": "Safe", "normal": "Normal", "fast": "Fast (headphones)"}


class DeviceMenu(QMenu):
    def __init__(self, sound: Sound, choose: Callable[..., None], parent: QWidget | None = None) -> None:
        """`choose` is called as `Sound.choose`."""
        super().__init__(parent)
        self._sound, self._choose = sound, choose
        self._shown: object = None
        self._look = QTimer(self, interval=300)
        self._look.timeout.connect(self._refresh)
        self.aboutToShow.connect(self._open)
        self.aboutToHide.connect(self._close)

    def _open(self) -> None:
        self._sound.show_list(True)
        self._fill()
        self._look.start()

    def _close(self) -> None:
        self._look.stop()
        self._sound.show_list(False)

    def _refresh(self) -> None:
        if self._sound.device_list != self._shown:
            self._fill()

    def _fill(self) -> None:
        found = self._shown = self._sound.device_list
        self.clear()
        for line in (self._sound.input, self._sound.output):
            self._head(_TITLES[line.direction])
            group = QActionGroup(self)
            default = found.default(line.direction) if found else ""
            self._offer(group, f"System default{f' ({default})' if default else ''}", "", line.direction, not line.chosen)
            for name in found.names(line.direction) if found else ():
                self._offer(group, name, name, line.direction, line.chosen == name)
        if found is None:
            self._head("Looking for devices…")
        elif found.error:
            self._head(found.error)
        self._head("Latency")
        group = QActionGroup(self)
        for latency in LATENCIES:
            action = self._choice(group, _LATENCY_WORDS[latency], self._sound.latency == latency)
            action.triggered.connect(lambda _, latency=latency: self._choose(latency=latency))

    def _head(self, text: str) -> None:
        if self.actions():
            self.addSeparator()
        self.addAction(text).setEnabled(False)

    def _offer(self, group: QActionGroup, text: str, name: str, direction: str, chosen: bool) -> None:
        action = self._choice(group, text, chosen)
        action.triggered.connect(lambda: self._choose(**{direction: name}))

    def _choice(self, group: QActionGroup, text: str, chosen: bool) -> QAction:
        action = QAction(text.replace("&", "&&"), self, checkable=True, checked=chosen)
        group.addAction(action)
        self.addAction(action)
        return action
