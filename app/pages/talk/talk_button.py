"""The large button that is held while one speaks, or tapped before and after."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.core.status import EndsBy
from app.widgets import icons, theme

KEY_SCALE = 0.8
WORDS = {None: "Hold to talk", "lift": "Listening", "tap": "Tap to finish", "voice": "Listening"}


class TalkButton(QAbstractButton):
    """Emits `held` when it goes down and `let_go` when it comes up, by the mouse or by whoever calls `press` and `release`."""

    held = Signal()
    let_go = Signal(float)  # after so many seconds

    def __init__(self) -> None:
        super().__init__()
        self._ends_by: EndsBy | None = None
        self._detail = 2
        self._pressed_at = 0.0
        self.setText(WORDS[None])
        self.setAccessibleName("Talk")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_key("Space")
        self.clicked.connect(self._tap)  # by a screen reader

    def show_key(self, key: str) -> None:
        """The key that does the same, for people; "" is none."""
        self._key = key
        words = f"Hold the button{f' or {key}' if key else ''} while you speak, or tap before and after"
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def show_detail(self, detail: int) -> None:
        """0: the icon, 1: and words, 2: and the key that does the same."""
        if detail != self._detail:
            self._detail = detail
            self.updateGeometry()
            self.update()

    def press(self) -> None:
        """It goes down, if it is not."""
        if not self.isDown():
            self.setDown(True)
            self._pressed_at = time.monotonic()
            self.held.emit()

    def release(self, seconds: float | None = None) -> None:
        """It comes up, if it is down; it was held for so long, by default since it went down."""
        if self.isDown():
            self.setDown(False)
            self.let_go.emit(time.monotonic() - self._pressed_at if seconds is None else seconds)

    def sizeHint(self) -> QSize:
        return QSize(self.width_of(self._detail), 2 * self.fontMetrics().height() + 22)

    def width_of(self, detail: int) -> int:
        """Pixels that the button takes with so much on it."""
        words = max(self._bold().horizontalAdvance(text) for text in WORDS.values())
        width = 52 + words + 14 if detail else 60
        return width + (self._key_width() + 14 if detail == 2 and self._key else 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.press()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand that drifts off the button goes on holding it."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the window's key does it, wherever the focus is

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _tap(self) -> None:
        self.held.emit()
        self.let_go.emit(0.0)

    def show_question(self, ends_by: EndsBy | None) -> None:
        """How the question under way will end; None: there is none."""
        if ends_by != self._ends_by:
            self._ends_by = ends_by
            self.setText(WORDS[ends_by])
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        fill, ink = QColor(colours.accent), QColor(colours.on_accent)
        if self.isDown() or self._ends_by is not None:
            fill = fill.darker(125)
        elif self.underMouse():
            fill = fill.lighter(108)
        painter.setPen(QPen(QColor(colours.text), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(body, 16, 16)
        around = QRectF(0, 0, 26, 26)
        around.moveCenter(QPointF(body.left() + 30 if self._detail else body.center().x(), body.center().y()))
        icons.draw(painter, "microphone", around, ink)
        if not self._detail:
            return
        painter.setFont(theme.font(1.0, bold=True))
        painter.setPen(ink)
        painter.drawText(body.adjusted(52, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        self._draw_key(painter, body, ink)

    def _draw_key(self, painter: QPainter, body: QRectF, ink: QColor) -> None:
        if not self._key or self._detail < 2:
            return
        painter.setFont(theme.font(KEY_SCALE))
        high = painter.fontMetrics().height() + 6
        key = QRectF(body.right() - 14 - self._key_width(), body.center().y() - high / 2, self._key_width(), high)
        faint = QColor(ink)
        faint.setAlphaF(0.55)
        painter.setPen(QPen(faint, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(key, 6, 6)
        painter.setPen(ink)
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, self._key)

    def _bold(self) -> QFontMetrics:
        return QFontMetrics(theme.font(1.0, bold=True))

    def _key_width(self) -> int:
        return QFontMetrics(theme.font(KEY_SCALE)).horizontalAdvance(self._key) + 16
