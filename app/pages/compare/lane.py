"""The waveform of one clip among others: all on the same scale of time and level, with one play head."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.settings import shortcuts
from app.widgets import theme
from app.widgets.waveform import Envelope

COLUMN = 3  # pixels of a column and the gap after it
DRAG = 6  # pixels from which on a press that moves marks a loop
STEP = 1.0  # seconds an arrow key moves
PAD = 2  # pixels above and below the loudest


class Lane(QWidget):
    """A click emits `sought` (seconds), a drag `loop_marked` (from, to)."""

    sought = Signal(float)
    loop_marked = Signal(float, float)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._low: np.ndarray = np.zeros(0, np.float32)
        self._high = self._low
        self.seconds = 0.0
        """The length that all lanes share."""
        self.end = 0.0
        """Where this clip's own sound ends."""
        self.position = 0.0
        self.loop: tuple[float, float] | None = None
        self.is_active = False
        self._pressed: float | None = None
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(240, 48)

    def show_sound(self, envelope: Envelope, seconds: float, end: float, peak: float) -> None:
        """`seconds` is the length and `peak` the level that all lanes share."""
        low, high = envelope.bins()
        self._low, self._high = low / max(peak, 1e-6), high / max(peak, 1e-6)
        self.seconds, self.end, self._pictures = seconds, end, None
        self.setAccessibleDescription(f"{end:.1f} seconds")
        self.update()

    def show_place(self, position: float, loop: tuple[float, float] | None, is_active: bool) -> None:
        """Where it plays, what repeats, and whether this is the clip that is heard."""
        if (position, loop, is_active) != (self.position, self.loop, self.is_active):
            self.position, self.loop, self.is_active = position, loop, is_active
            self.update()

    # --- acting -------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.seconds:
            self._pressed = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position().x()
        if self._pressed is not None and abs(here - self._pressed) >= DRAG:
            first, last = sorted((self._pressed, here))
            self.loop_marked.emit(self._seconds(first), self._seconds(last))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        here, pressed = event.position().x(), self._pressed
        self._pressed = None
        if pressed is not None and abs(here - pressed) < DRAG:
            self.sought.emit(self._seconds(here))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match shortcuts.now().which(event, "sound_start", "sound_end"):
            case "sound_start":
                self.sought.emit(0.0)
            case "sound_end":
                self.sought.emit(max(0.0, self.end - STEP))
            case _:
                event.ignore()

    def _seconds(self, x: float) -> float:
        return min(max(x / max(1, self.width()), 0.0), 1.0) * self.seconds

    # --- painting -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._pictures = None

    def changeEvent(self, event: QEvent) -> None:
        self._pictures = None
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.seconds:
            return
        if self._pictures is None:
            # Drawn once: the play head moves sixty times a second through several lanes.
            self._pictures = self._draw(1.0), self._draw(0.45)
        painter, colours = QPainter(self), theme.now()
        full, pale = self._pictures
        if self.loop is not None:
            first, last = (self.width() * edge / self.seconds for edge in self.loop)
            shade = QColor(colours.accent)
            shade.setAlphaF(0.12)
            painter.fillRect(QRectF(first, 0, last - first, self.height()), shade)
        head = self.width() * self.position / self.seconds
        painter.drawPixmap(0, 0, pale)
        if self.is_active:
            played = QRect(0, 0, round(head), self.height())
            painter.setClipRect(played)
            painter.drawPixmap(0, 0, full)
            painter.setClipping(False)
        line = QColor(colours.text if self.is_active else colours.muted)
        painter.fillRect(QRectF(min(head, self.width() - 2), 0, 2 if self.is_active else 1, self.height()), line)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _draw(self, opacity: float) -> QPixmap:
        scale = self.devicePixelRatioF()
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        count = min(max(1, self.width() // COLUMN), len(self._low))
        if not count:
            return picture
        starts = np.arange(count) * len(self._low) // count
        low, high = np.minimum.reduceat(self._low, starts), np.maximum.reduceat(self._high, starts)
        slot, middle = self.width() / count, self.height() / 2
        reach, width = middle - PAD, max(1, round(slot) - 1)
        painter = QPainter(picture)
        painter.setOpacity(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.now().accent))
        painter.drawRects(
            [
                QRect(round(at * slot), round(middle - top * reach), width, max(1, round((top - bottom) * reach)))
                for at, (bottom, top) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
            ]
        )
        painter.end()
        return picture
