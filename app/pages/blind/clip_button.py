"""The large, calm button that plays A, B or X."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.widgets import theme

HEIGHT = 168  # pixels at the usual text size, where there is room


class ClipButton(QAbstractButton):
    """Shows a letter, its key, whether it plays, and whether enough of it was heard; it knows nothing else."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.setText(letter)
        self._key = ""
        self._is_playing = self._is_heard = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Play {letter}")
        self._describe()

    @property
    def is_heard(self) -> bool:
        return self._is_heard

    def show_key(self, key: str) -> None:
        """The key that does the same, for people; "" is none."""
        self._key = key
        self.setToolTip(f"Play {self.text()} (key {key})" if key else f"Play {self.text()}")
        self.update()

    def set_state(self, playing: bool, heard: bool) -> None:
        if (playing, heard) != (self._is_playing, self._is_heard):
            self._is_playing, self._is_heard = playing, heard
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def _describe(self) -> None:
        self.setAccessibleDescription(", ".join((*(("playing",) if self._is_playing else ()), self._words())))

    def _words(self) -> str:
        return "Heard" if self._is_heard else "Not heard yet"

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, ink = QColor(colours.accent), QColor(colours.text)
        body = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        fill = QColor(colours.raised if self.isDown() or self.underMouse() else colours.surface)
        edge = QPen(accent, 2.5) if self._is_playing else QPen(QColor(colours.border), 1.2)
        if self.hasFocus() and not self._is_playing:
            edge = QPen(ink, 1.5, Qt.PenStyle.DotLine)
        painter.setPen(edge)
        painter.setBrush(fill)
        painter.drawRoundedRect(body, 16, 16)
        painter.setFont(theme.font(3.4 * min(1.0, self.height() / theme.scaled(HEIGHT)), bold=True))
        painter.setPen(accent if self._is_playing else ink)
        painter.drawText(body.adjusted(0, 4, 0, -theme.scaled(38)), Qt.AlignmentFlag.AlignCenter, self.text())
        self._draw_key(painter, body, colours)
        self._draw_words(painter, body, colours)

    def _draw_key(self, painter: QPainter, body: QRectF, colours: theme.Colours) -> None:
        if not self._key:
            return
        painter.setFont(theme.font(0.85))
        width = max(24, painter.fontMetrics().horizontalAdvance(self._key) + 12)
        key = QRectF(body.right() - 12 - width, body.top() + 12, width, painter.fontMetrics().height() + 6)
        painter.setPen(QPen(QColor(colours.border), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(key, 6, 6)
        painter.setPen(QColor(colours.muted))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, self._key)

    def _draw_words(self, painter: QPainter, body: QRectF, colours: theme.Colours) -> None:
        painter.setFont(theme.font(0.92))
        words = f"{self._words()}, playing" if self._is_playing and self._is_heard else self._words()
        words = "Playing" if self._is_playing and not self._is_heard else words
        line = QRectF(body.left(), body.bottom() - theme.scaled(38), body.width(), theme.scaled(26))
        wide = painter.fontMetrics().horizontalAdvance(words)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)
        if self._is_heard:
            tick = QPainterPath(QPointF(line.center().x() - wide / 2 - 22, line.center().y()))
            tick.lineTo(tick.currentPosition() + QPointF(4, 5))
            tick.lineTo(tick.currentPosition() + QPointF(7, -10))
            painter.setPen(QPen(QColor(colours.accent), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPath(tick)
