"""What every variant cost, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

from app import theme
from app.listening.export import costs
from app.listening.loudness import Level
from app.listening.rendering import Rendered

ROW = 30  # pixels
COLUMNS = {
    "": ("variant", "{}"),
    "Variant": ("title", "{}"),
    "First audio": ("first_audio_s", "{:.2f} s"),
    "Tokens/s": ("tokens_per_s", "{:.1f}"),
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
    "Speech depth": "Mean layers of the speech tokens",
    "Refreshes": "Full-depth steps among the speech tokens",
    "Accepted": "Drafts that the review kept",
    "Rejected": "Drafts that the review threw away",
    "Gain": "What brings this clip to the common loudness",
}


class CostsTable(QTableWidget):
    """One row per variant."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setAccessibleName("Costs of the variants")
        self.setHorizontalHeaderLabels(list(COLUMNS))
        for column, name in enumerate(COLUMNS):
            self.horizontalHeaderItem(column).setToolTip(TIPS.get(name, ""))
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name in ("", "Variant", "First audio", "Speech depth", "Refreshes"):  # the widest
            column = list(COLUMNS).index(name)
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._dress()

    def show_costs(self, replies: Sequence[Rendered], levels: Sequence[Level]) -> None:
        self.setRowCount(len(replies))
        for row, (reply, level) in enumerate(zip(replies, levels, strict=True)):
            line = {**costs(reply, level, row + 1), "title": reply.title}
            if not reply.stats.accepted + reply.stats.rejected:
                line["accepted"] = line["rejected"] = None  # nothing was reviewed
            for column, (key, form) in enumerate(COLUMNS.values()):
                value = line[key]
                item = QTableWidgetItem("–" if value is None else form.format(value))
                if column > 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
            self.setRowHeight(row, ROW)
        for column in range(len(COLUMNS)):
            side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
            self.horizontalHeaderItem(column).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + ROW * len(replies) + 4)

    def cell(self, row: int, name: str) -> str:
        """What stands in a column."""
        return self.item(row, list(COLUMNS).index(name)).text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        colours = theme.now()
        sheet = f"""
            QTableWidget {{ background: transparent; selection-background-color: {colours.raised};
                selection-color: {colours.text}; outline: none; }}
            QTableWidget::item {{ padding: 0 8px; border: none; border-top: 1px solid {colours.border}; }}
            QHeaderView, QHeaderView::section {{ background: transparent; color: {colours.muted}; border: none;
                padding: 4px 8px; }}"""
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
