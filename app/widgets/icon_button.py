"""The round-cornered switch that wears an icon."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.widgets import icons, theme

SIDE = 22  # pixels of the icon


class IconButton(QAbstractButton):
    """A switch with an icon; filled while it is on. `danger` says with its colour that being on is a warning."""

    def __init__(
        self, name: str, tip: str, drawing: icons.Name, drawing_on: icons.Name | None = None, danger: bool = False
    ) -> None:
        super().__init__(checkable=True)
        self._drawing, self._drawing_on, self._danger = drawing, drawing_on or drawing, danger
        self.setAccessibleName(name)
        self.setAccessibleDescription(tip)
        self.setToolTip(f"{name}: {tip}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(40, 36)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on = self.isChecked()
        fill = QColor(colours.danger if self._danger else colours.accent) if on else QColor(colours.surface)
        if not on and (self.underMouse() or self.isDown()):
            fill = QColor(colours.raised)
        edge = colours.text if self.hasFocus() and on else colours.accent if self.hasFocus() else colours.border
        painter.setPen(QPen(QColor(edge), 1.5) if self.hasFocus() or not on else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(body, 14, 14)
        around = QRectF(0, 0, SIDE, SIDE)
        around.moveCenter(body.center())
        icons.draw(painter, self._drawing_on if on else self._drawing, around, QColor(colours.on_accent if on else colours.text))
