"""The last step: the few keys one needs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from app.pages.welcome.step import WelcomeStep, wrapped
from app.widgets import theme

TEXT = "Ask something: these keys are all you need."
KEYS = (
    ("Hold {talk}", "and speak; let go when you are done."),
    ("Tap {talk}", "to begin, and once more when you are done."),
    ("Type", "a question instead, and press Enter."),
    ("{stop}", "stops the reply and its sound at once."),
)
HEADPHONES = "You may speak over a reply to interrupt it. Without them, Refrain takes the reply out of what the microphone hears."


class ReadyStep(WelcomeStep):
    def __init__(self, headphones: bool, keys: Mapping[str, str]) -> None:
        """`keys`: those of the actions talk and stop, for people; what an action without one does is not said."""
        super().__init__("check", "Ready", TEXT)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        offered = [(key.format(**keys), what) for key, what in KEYS if all(keys[name] for name in keys if f"{{{name}}}" in key)]
        for row, (key, what) in enumerate(offered):
            grid.addWidget(KeyCap(key), row, 0)
            words = wrapped(what)
            words.setAlignment(Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(words, row, 1)
        self.headphones = QCheckBox("I wear headphones")
        self.headphones.setChecked(headphones)
        self.headphones.setAccessibleDescription(HEADPHONES)
        self.body.addLayout(grid)
        self.body.addSpacing(8)
        self.body.addWidget(self.headphones)
        self.body.addWidget(wrapped(HEADPHONES, "muted"))


class KeyCap(QWidget):
    """A word on a key."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.setAccessibleName(text)
        theme.set_font(self, 0.92, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(max(theme.scaled(116), self.fontMetrics().horizontalAdvance(self._text) + 24), theme.scaled(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.border), 1.5))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.setPen(QColor(colours.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
