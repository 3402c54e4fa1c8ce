"""What every variant cost, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from app.audio.loudness import ClipLevel
from app.listening.rendering import Rendered
from app.pages.compare.export import costs
from app.widgets import theme

COLUMNS = {
    "": ("variant", "{}"),
    "Variant": ("title", "{}"),
    "First audio": ("first_audio_s", "{:.2f} s"),
    "Tokens/s": ("tokens_per_s", "{:.1f}"),
    "Tokens/s by depth": ("tokens_per_s_by_depth", "{:.1f}"),
    "Tokens/s by costs": ("tokens_per_s_by_costs", "{:.1f}"),
    "Speech depth": ("mean_speech_depth", "{:.1f}"),
    "Refreshes": ("refreshes", "{}"),
    "Accepted": ("accepted", "{}"),
    "Rejected": ("rejected", "{}"),
    "Decode": ("decode_s", "{:.2f} s"),
    "Sound": ("sound_s", "{:.1f} s"),
    "Gain": ("gain_db", "{:+.1f} dB"),
}
TIPS = {
    "First audio": "Seconds from the end of the question to the first sound",
    "Tokens/s by depth": "To be expected if time went by layers alone",
    "Tokens/s by costs": "To be expected from what the reply's steps cost each, which is measured after the renders",
    "Speech depth": "Mean layers of the speech tokens",
    "Refreshes": "Full-depth steps among the speech tokens",
    "Accepted": "Drafts that the review kept",
    "Rejected": "Drafts that the review threw away",
    "Gain": "What brings this clip to the common loudness",
}


class CostsTable(QTableWidget):
    """A row for each variant; where that is wider than the page, a column for each. It never scrolls inside itself."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[str]] = []
        self._is_upright: bool | None = None  # a column for each variant
        self.setAccessibleName("Costs of the variants")
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._dress()

    def show_costs(self, replies: Sequence[Rendered], levels: Sequence[ClipLevel]) -> None:
        self._lines = []
        for place, (reply, level) in enumerate(zip(replies, levels, strict=True), 1):
            line = {**costs(reply, level, place), "title": reply.title}
            if not reply.stats.accepted + reply.stats.rejected:
                line["accepted"] = line["rejected"] = None  # nothing was reviewed
            self._lines.append(["–" if line[key] is None else form.format(line[key]) for key, form in COLUMNS.values()])
        self._is_upright = None
        self._fit()

    def cell(self, row: int, name: str) -> str:
        """What stands in a variant's line."""
        return self._lines[row][list(COLUMNS).index(name)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Lies as long as it has room for that."""
        if not self._lines:
            return
        self._fill(False)
        if self._width() > self.viewport().width():
            self._fill(True)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        share = max(0, self.viewport().width() - self._width()) // (self.columnCount() - 1)
        for column in range(1, self.columnCount()):
            self.setColumnWidth(column, self.columnWidth(column) + share)
        self.setFixedHeight(header.sizeHint().height() + sum(self.rowHeight(row) for row in range(self.rowCount())) + 4)

    def _width(self) -> int:
        return sum(self.columnWidth(column) for column in range(self.columnCount()))

    def _fill(self, is_upright: bool) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if is_upright is self._is_upright:
            return
        self._is_upright = is_upright
        names, lines = list(COLUMNS), self._lines
        if is_upright:  # what a variant is called stands on its card, and is too long for a column
            heads = ["", *(line[0] for line in lines)]
            rows = [[name, *(line[place] for line in lines)] for place, name in enumerate(names) if place > 1]
            tips = [TIPS.get(name, "") for name in names[2:]]
        else:
            heads, rows, tips = names, lines, []
        self.clear()
        self.setColumnCount(len(heads))
        self.setRowCount(len(rows))
        words = 1 if is_upright else 2  # columns on the left
        for column, name in enumerate(heads):
            side = Qt.AlignmentFlag.AlignLeft if column < words else Qt.AlignmentFlag.AlignRight
            head = QTableWidgetItem(name)
            head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            head.setToolTip(lines[column - 1][1] if is_upright and column else TIPS.get(name, ""))
            self.setHorizontalHeaderItem(column, head)
            for row, line in enumerate(rows):
                item = QTableWidgetItem(line[column])
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(tips[row] if is_upright and not column else "")
                self.setItem(row, column, item)
        self.resizeColumnsToContents()
        self.resizeRowsToContents()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        elif event.type() == QEvent.Type.FontChange:
            self._is_upright = None
            self._fit()

    def _dress(self) -> None:
        colours = theme.now()
        sheet = f"""
            QTableWidget {{ background: transparent; selection-background-color: {colours.raised};
                selection-color: {colours.text}; outline: none; }}
            QTableWidget::item {{ padding: 5px 6px; border: none; border-top: 1px solid {colours.border}; }}
            QHeaderView {{ background: transparent; border: none; }}
            QHeaderView::section {{ background: transparent; color: {colours.muted}; border: none; padding: 4px 6px; }}"""
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
