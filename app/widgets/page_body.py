"""A page whose parts stand one below another, as far as one scrolls, in a column that the eye can follow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.scroll import Body, Scroll, in_the_middle

WIDEST = 1280  # pixels at the usual text size: on a wide screen what belongs together stays together


class PageBody(Scroll):
    """Parts are added to `parts`, buttons beside the title to `buttons`."""

    def __init__(self, title: str, take: Callable[[QKeyEvent], None] | None = None, widest: int = WIDEST) -> None:
        """`take` is given the keys before the area takes the arrows for itself; the column is at most `widest` pixels wide."""
        super().__init__()
        self.buttons = Flow()
        head = Flow(theme.label(title, scale=1.4, bold=True), spacing=12)
        head.add_stretch()
        head.add(self.buttons)
        column = QWidget()
        self.parts = QVBoxLayout(column)
        self.parts.setContentsMargins(0, 0, 0, 0)
        self.parts.setSpacing(14)
        self.parts.addLayout(head)
        around = in_the_middle(column, widest)
        around.setContentsMargins(20, 20, 20, 20)
        body = Body(take)
        body.setLayout(around)
        self.setWidget(body)
