"""A list of the microphones or speakers, which keeps up with what is plugged in."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app.audio.devices import NOUN, Direction
from app.audio.sound import Slot, Sound
from app.widgets import icons, theme


class DeviceBox(QComboBox):
    """The choice goes to the sound at once."""

    def __init__(self, sound: Sound, direction: Direction) -> None:
        super().__init__()
        self._sound, self._direction = sound, direction
        self._listed: object = self  # nothing that a list is
        self.setAccessibleName(NOUN[direction].capitalize())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.fix(self, height=38)
        self.activated.connect(lambda _: sound.choose(**{direction: self.currentData()}))
        self.follow()

    @property
    def next_name(self) -> str:
        """The device after the chosen one, or "" where there is no other; the default and itself count once."""
        names = [self.itemData(index) for index in range(1, self.count())]
        listed = self._sound.device_list
        now = self.currentData() or (listed.default(self._direction) if listed else "")
        if now in names:
            names = names[names.index(now) + 1 :] + names[: names.index(now)]
        return names[0] if names else ""

    def choose(self, name: str) -> None:
        """As the user does."""
        self.setCurrentIndex(max(0, self.findData(name)))
        self._sound.choose(**{self._direction: self.currentData()})

    def follow(self) -> None:
        """At display rate: fills itself anew when the devices are others."""
        listed = self._sound.device_list
        if listed is self._listed or self.view().isVisible():
            return
        first = not self.count()
        chosen = (self._slot.chosen or "") if first else self.currentData()
        self._listed = listed
        default = listed.default(self._direction) if listed else ""
        names = list(listed.names(self._direction)) if listed else []
        if chosen and chosen not in names:
            names.append(chosen)
        self.clear()
        self.addItem(f"System default ({default})" if default else "System default", "")
        for name in names:
            self.addItem(name, name)
        self.setCurrentIndex(max(0, self.findData(chosen)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        arrow = QRectF(self.width() - 30, (self.height() - 18) / 2, 18, 18)
        icons.draw(QPainter(self), "chevron", arrow, QColor(theme.now().muted))

    @property
    def _slot(self) -> Slot:
        return self._sound.input if self._direction == "input" else self._sound.output
