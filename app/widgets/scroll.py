"""What scrolls upwards and downwards only, and a column in its middle that is no wider than the eye can follow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app.widgets import theme


class Scroll(QScrollArea):
    """Without a frame and without the focus: what is inside has it."""

    def __init__(self, body: QWidget | None = None) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if body is not None:
            self.setWidget(body)


class Body(QWidget):
    """What is scrolled."""

    def __init__(self, take: Callable[[QKeyEvent], None] | None = None) -> None:
        """`take` is given the keys before the area takes the arrows for itself."""
        super().__init__()
        self._take = take
        self.setProperty("role", "turns")

    def minimumSizeHint(self) -> QSize:
        """As high as its width makes it, which the area asks for; the layout's own answer is for the least width."""
        return QSize(super().minimumSizeHint().width(), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._take is not None:
            self._take(event)
        else:
            super().keyPressEvent(event)


def in_the_middle(part: QWidget, widest: int) -> QHBoxLayout:
    """A row with `part` in its middle, at most `widest` pixels wide at the usual text size."""
    theme.limit(part, widest)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addStretch(1)
    row.addWidget(part, 1000)
    row.addStretch(1)
    return row
