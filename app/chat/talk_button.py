"""The large button that is held while one speaks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app import theme


class TalkButton(QAbstractButton):
    """Emits `held` when it goes down and `let_go` when it comes up, by mouse or by the space bar on it."""

    held = Signal()
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setText("Hold to talk")
        self.setAccessibleName("Hold to talk")
        self.setAccessibleDescription("Hold this button or the space bar while you speak.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Hold the button or the space bar while you speak")
        self.pressed.connect(self._go_down)
        self.released.connect(self._come_up)

    def press(self) -> None:
        """As if it was pressed."""
        if not self.isDown():
            self.setDown(True)
            self._go_down()

    def release(self) -> None:
        if self.isDown():
            self.setDown(False)
            self._come_up()

    def sizeHint(self) -> QSize:
        return QSize(240, 56)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the window's space bar does it, wherever the focus is

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _go_down(self) -> None:
        self.setText("Listening")
        self.held.emit()

    def _come_up(self) -> None:
        self.setText("Hold to talk")
        self.let_go.emit()

    def paintEvent(self, event) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        fill, ink = QColor(colours.accent), QColor(colours.on_accent)
        if self.isDown():
            fill = fill.darker(125)
        elif self.underMouse():
            fill = fill.lighter(108)
        painter.setPen(QPen(QColor(colours.text), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(body, 16, 16)
        self._draw_microphone(painter, QPointF(body.left() + 30, body.center().y()), ink)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(body.adjusted(52, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        self._draw_key(painter, body, ink)

    def _draw_microphone(self, painter: QPainter, centre: QPointF, ink: QColor) -> None:
        painter.save()
        painter.translate(centre)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(-4, -11, 8, 14), 4, 4)
        painter.setPen(QPen(ink, 1.8, c=Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        arc = QPainterPath()
        arc.arcMoveTo(QRectF(-8, -9, 16, 16), 180)
        arc.arcTo(QRectF(-8, -9, 16, 16), 180, 180)
        painter.drawPath(arc)
        painter.drawLine(QPointF(0, 7), QPointF(0, 11))
        painter.drawLine(QPointF(-4, 11), QPointF(4, 11))
        painter.restore()

    def _draw_key(self, painter: QPainter, body: QRectF, ink: QColor) -> None:
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        key = QRectF(body.right() - 64, body.center().y() - 11, 50, 22)
        faint = QColor(ink)
        faint.setAlphaF(0.55)
        painter.setPen(QPen(faint, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(key, 6, 6)
        painter.setPen(ink)
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, "Space")
