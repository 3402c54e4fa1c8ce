"""The depths of a whole reply as one thin strip: a bar per token, under its text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.settings import shortcuts
from app.widgets import theme
from app.widgets.panels.bars import MARKS, REFRESHES, faint, paint_bars
from app.widgets.panels.trace import describe
from engine.turn_record import TurnRecord

LEAST = 60  # tokens there is always room for
HEIGHT = 28  # pixels of full depth


class DepthStrip(QWidget):
    """Pointing at a bar, or the arrow keys, tell about its token; a click or Enter emits its index."""

    token_clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._record = TurnRecord()
        self._tokens = 0
        self._cursor: int | None = None
        self._head: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Depth of every token")

    @property
    def cursor_index(self) -> int | None:
        """The index of the token that is told about."""
        return self._cursor

    def sizeHint(self) -> QSize:
        return QSize(240, self._room() + HEIGHT + 4)

    def show_record(self, record: TurnRecord) -> None:
        """Draws a turn as it is now."""
        self._record, self._tokens = record, len(record.tokens)
        if self.height() != self.sizeHint().height():
            self.updateGeometry()  # the first mark makes room for its row
        self.update()

    def set_head(self, index: int | None) -> None:
        """The token that is heard now."""
        if index != self._head:
            self._head = index
            self.update()

    def point_at(self, index: int | None, where: QPoint | None = None) -> None:
        """Tells about the token at `index` beside `where`; None about none."""
        last = self._tokens - 1
        index = None if index is None or last < 0 else min(max(index, 0), last)
        if index == self._cursor:
            return
        self._cursor = index
        self.update()
        if index is None:
            QToolTip.hideText()
            return
        words = describe(self._record, index)
        self.setAccessibleDescription(words)
        where = where or self.mapToGlobal(QPoint(round((index + 0.5) * self._slot()), self.height()))
        QToolTip.showText(where, words, self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point_at(self._index(event), event.globalPosition().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index(event)
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.token_clicked.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        self.point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self._tokens - 1
        match shortcuts.now().which(event, *shortcuts.SOUND):
            case "sound_back":
                self.point_at(last if self._cursor is None else self._cursor - 1)
            case "sound_forward":
                self.point_at(0 if self._cursor is None else self._cursor + 1)
            case "sound_start":
                self.point_at(0)
            case "sound_end":
                self.point_at(last)
            case "sound_play" if self._cursor is not None:
                self.token_clicked.emit(self._cursor)
            case _:
                event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours, slot = QPainter(self), theme.now(), self._slot()
        area = QRectF(0, self.height() - 2 - HEIGHT, self.width(), HEIGHT)
        painter.fillRect(QRectF(0, self.height() - 2, self.width(), 1), QColor(colours.border))
        paint_bars(painter, area, self._record, 0, self._slots())
        for index in {index for index in (self._cursor, self._head) if index is not None}:
            painter.fillRect(QRectF(index * slot - 1, 0, max(slot, 2) + 1, self.height()), faint(colours.text))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _room(self) -> int:
        return MARKS if self._record.rejected else REFRESHES if self._record.refreshes else 2

    def _slots(self) -> int:
        return max(LEAST, self._tokens)

    def _slot(self) -> float:
        return self.width() / self._slots()

    def _index(self, event: QMouseEvent) -> int | None:
        index = int(event.position().x() / max(self._slot(), 1e-6))
        return index if 0 <= index < self._tokens else None
