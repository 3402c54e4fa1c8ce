"""The facts of a report as a quiet table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

from app.pages.diagnostics.report import ReportSection
from app.settings import shortcuts
from app.widgets import theme


class FactsTable(QTableWidget):
    """Names and values under the titles of their sections; Ctrl+C copies the chosen rows."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setAccessibleName("Facts about the program and this machine")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._shown: list[tuple[str, str | None]] = []

    def show_facts(self, sections: Sequence[ReportSection]) -> None:
        """Changes only what is different, so that a choice and the place in the list stay."""
        lines: list[tuple[str, str | None]] = []
        for one in sections:
            lines += [(one.title, None), *one.rows]
        if [name for name, _ in lines] != [name for name, _ in self._shown]:
            self._rebuild(lines)
        for row, (line, before) in enumerate(zip(lines, self._shown, strict=True)):
            if line != before:
                self._show_value(row, line[1])
        self._shown = lines

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if shortcuts.now().matches(event, "copy"):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            texts = [": ".join(filter(None, self._shown[row])) for row in rows]
            QGuiApplication.clipboard().setText("\n".join(texts))
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._shown:
            shown, self._shown = self._shown, []
            self._rebuild(shown)
            for row, (_, value) in enumerate(shown):
                self._show_value(row, value)
            self._shown = shown

    def _show_value(self, row: int, value: str | None) -> None:
        item = QTableWidgetItem(value or "")
        item.setToolTip(value or "")
        self.setItem(row, 1, item)

    def _rebuild(self, lines: list[tuple[str, str | None]]) -> None:
        self.clearSpans()
        self.verticalHeader().setMinimumSectionSize(0)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 6)
        self.setRowCount(len(lines))
        for row, (name, value) in enumerate(lines):
            item = QTableWidgetItem(name)
            self.setItem(row, 0, item)
            self.setItem(row, 1, QTableWidgetItem())
            if value is None:
                item.setFont(theme.font(1.0, bold=True))
                self.setSpan(row, 0, 1, 2)
                self.setRowHeight(row, self.fontMetrics().lineSpacing() + (6 if row == 0 else 18))
                item.setTextAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
            else:
                self.setRowHeight(row, self.verticalHeader().defaultSectionSize())
        self._shown = [(name, None) for name, _ in lines]
