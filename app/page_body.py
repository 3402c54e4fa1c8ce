"""A page whose parts stand one below another, as far as one scrolls, in a column that the eye can follow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.flow import Flow

WIDEST = 1280  # pixels at the usual text size: on a wide screen what belongs together stays together


class PageBody(QScrollArea):
    """Parts are added to `parts`, buttons beside the title to `buttons`."""

    def __init__(self, title: str, take: Callable[[QKeyEvent], None] | None = None, widest: int = WIDEST) -> None:
        """`take` is given the keys before the area takes the arrows for itself; the column is at most `widest` pixels wide."""
        super().__init__(widgetResizable=True)
        self.buttons = Flow()
        head = Flow(theme.label(title, scale=1.4, bold=True), spacing=12)
        head.add_stretch()
        head.add(self.buttons)
        self._column = column = QWidget()
        self._widest = widest
        self.parts = QVBoxLayout(column)
        self.parts.setContentsMargins(0, 0, 0, 0)
        self.parts.setSpacing(14)
        self.parts.addLayout(head)
        body = Body(take)
        around = QHBoxLayout(body)
        around.setContentsMargins(20, 20, 20, 20)
        around.addStretch(1)
        around.addWidget(column, 1000)
        around.addStretch(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)
        self._limit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._limit()

    def _limit(self) -> None:
        self._column.setMaximumWidth(theme.scaled(self._widest))


class Body(QWidget):
    """What a page scrolls."""

    def __init__(self, take: Callable[[QKeyEvent], None] | None = None) -> None:
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
