"""Where turns stand below one another: a column in the middle, no wider than the eye can follow."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets import scroll

WIDEST = 880  # pixels at the usual text size
BESIDE = 12  # pixels on the right: between cards and the bar to scroll with


def in_the_middle(part: QWidget) -> QHBoxLayout:
    """A row with `part` in its middle, as wide as the column is."""
    row = scroll.in_the_middle(part, WIDEST)
    row.setContentsMargins(0, 0, BESIDE, 0)
    return row


class Column(scroll.Scroll):
    """Parts are added to `parts`."""

    def __init__(self) -> None:
        super().__init__()
        inside, self._body = QWidget(), scroll.Body()
        self.parts = QVBoxLayout(inside)
        self.parts.setContentsMargins(0, 0, 0, 0)
        self.parts.setSpacing(14)
        self._body.setLayout(in_the_middle(inside))
        self.setWidget(self._body)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._body.minimumSizeHint().width() + BESIDE, 60)
