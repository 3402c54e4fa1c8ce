"""Where turns stand below one another: a column in the middle, no wider than the eye can follow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app import theme

WIDEST = 880  # pixels at the usual text size
BESIDE = 12  # pixels on the right: between cards and the bar to scroll with


def in_the_middle(part: QWidget) -> QHBoxLayout:
    """A row with `part` in its middle, as wide as the column is."""
    theme.limit(part, WIDEST)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, BESIDE, 0)
    row.setSpacing(0)
    row.addStretch(1)
    row.addWidget(part, 1000)
    row.addStretch(1)
    return row


class Column(QScrollArea):
    """Parts are added to `parts`."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        inside = QWidget()
        self.parts = QVBoxLayout(inside)
        self.parts.setContentsMargins(0, 0, 0, 0)
        self.parts.setSpacing(14)
        holder = _Holder()
        holder.setProperty("role", "turns")
        holder.setLayout(in_the_middle(inside))
        self.setWidget(holder)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.widget().minimumSizeHint().width() + BESIDE, 60)


class _Holder(QWidget):
    def minimumSizeHint(self) -> QSize:
        """As high as its width makes it, which the area asks for; the layout's own answer is for the least width."""
        return QSize(super().minimumSizeHint().width(), 0)
