"""A page whose parts stand one below another, as far as one scrolls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app import theme


class PageBody(QScrollArea):
    """Parts are added to `parts`; `take` is given the keys before the area takes the arrows for itself."""

    def __init__(self, title: str, take: Callable[[QKeyEvent], None]) -> None:
        super().__init__(widgetResizable=True)
        body = _KeyTaker(take)
        body.setProperty("role", "turns")
        self.parts = QVBoxLayout(body)
        self.parts.setContentsMargins(20, 20, 20, 20)
        self.parts.setSpacing(14)
        self.parts.addWidget(theme.label(title, scale=1.4, bold=True))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)


class _KeyTaker(QWidget):
    def __init__(self, take: Callable[[QKeyEvent], None]) -> None:
        super().__init__()
        self._take = take

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._take(event)
