"""The rows of the session list: headings by day, and what is drawn for each session."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.storage.records import SessionInfo
from app.widgets import theme

INFO = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


def name_of(info: SessionInfo) -> str:
    """Its title, else how it began."""
    return info.title or info.words or "Empty session"


def day_of(info: SessionInfo, today: date) -> str:
    """The heading it stands under."""
    if info.pinned:
        return "Pinned"
    day = date.fromtimestamp(info.updated)
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A}" if timedelta() < today - day < timedelta(days=7) else f"{day:%d %B %Y}".lstrip("0")


class SessionModel(QAbstractListModel):
    """Sessions in the order given, a heading (a plain string) before each day."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[str | SessionInfo] = []

    def show(self, sessions: Sequence[SessionInfo]) -> None:
        today, last = date.today(), ""
        rows: list[str | SessionInfo] = []
        for info in sessions:
            day = day_of(info, today)
            if day != last:
                rows.append(day)
                last = day
            rows.append(info)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def row_of(self, session: str) -> int:
        """-1 if it is not shown."""
        return next((i for i, row in enumerate(self._rows) if not isinstance(row, str) and row.id == session), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | SessionInfo | None:
        row = self._rows[index.row()]
        if role == INFO:
            return None if isinstance(row, str) else row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row if isinstance(row, str) else name_of(row)
        if role == Qt.ItemDataRole.ToolTipRole and not isinstance(row, str):
            when = time.strftime("%d %B %Y, %H:%M", time.localtime(row.updated))
            return "\n".join(filter(None, (name_of(row), f"{when}, {_turns(row)}", row.problem)))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        heading = isinstance(self._rows[index.row()], str)
        return Qt.ItemFlag.NoItemFlags if heading else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class SessionDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.lineSpacing()
        return QSize(100, round(line * 2.1) if index.data(INFO) is None else round(line * 2.0 + 20))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours, info = theme.now(), index.data(INFO)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if info is None:
            painter.setFont(theme.font(0.85))
            painter.setPen(QColor(colours.muted))
            area = option.rect.adjusted(10, 0, -10, -4)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, index.data())
        else:
            self._paint_session(painter, option, info)
        painter.restore()

    @staticmethod
    def _paint_session(painter: QPainter, option: QStyleOptionViewItem, info: SessionInfo) -> None:
        colours = theme.now()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 9, 9)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 9, 9)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(colours.accent))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRect(option.rect.left() + 1, option.rect.top() + 12, 3, option.rect.height() - 24), 1.5, 1.5)
        area = option.rect.adjusted(12, 9, -10, -9)
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = upper.translated(0, area.height() // 2)
        painter.setFont(theme.font(1.0))
        painter.setPen(QColor(colours.text))
        name = painter.fontMetrics().elidedText(name_of(info), Qt.TextElideMode.ElideRight, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(theme.font(0.85))
        painter.setPen(QColor(colours.muted))
        when = time.strftime("%H:%M", time.localtime(info.updated))
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{when}  ·  {_turns(info)}")


def _turns(info: SessionInfo) -> str:
    return f"{info.turns} turn{'' if info.turns == 1 else 's'}{', damaged' if info.problem else ''}"
