"""Lies over the conversation while files are held over it, and says what dropping them does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.widgets import icons, theme

SIDE = 44  # pixels of the icon


class DropSign(QWidget):
    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = ""
        self.setAccessibleName("Drop sound files here to ask them")
        self.hide()

    def show_over(self, count: int) -> None:
        """So many files are held over the page."""
        many = f"Drop them to ask {count} sound files one after another"
        self._words = "Drop it to ask this sound file" if count == 1 else many
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.window)
        veil.setAlphaF(0.88)
        body = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        painter.setPen(QPen(QColor(colours.accent), 2, Qt.PenStyle.DashLine))
        painter.setBrush(veil)
        painter.drawRoundedRect(body, 16, 16)
        around = QRectF(0, 0, SIDE, SIDE)
        around.moveCenter(body.center())
        icons.draw(painter, "sound-file", around.translated(0, -SIDE / 2), QColor(colours.accent))
        painter.setFont(theme.font(1.1))
        painter.setPen(QColor(colours.text))
        area = body.adjusted(16, 0, -16, 0)
        area.setTop(body.center().y() + SIDE / 2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(area, flags, self._words)
