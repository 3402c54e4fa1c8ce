"""The parts of the program with their licences, whose words stand beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QPlainTextEdit,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.widgets.flow import Flow
from engine.parts import Component

HEIGHT = 300  # pixels, at least
NO_TEXT = "This part brings no text of its licence."


class PartsView(QWidget):
    """Reads the text of a licence when its part is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[Component, ...] = ()
        self.table = _Table()
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self.text = QPlainTextEdit(readOnly=True, tabChangesFocus=True, placeholderText="Choose a part to read its licence.")
        self.text.setAccessibleName("Licence of the chosen part")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = Flow(spacing=14)
        for inside, share in ((self.table, 6), (self.text, 5)):
            row.add(_card(inside, share))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)

    def show_parts(self, parts: Sequence[Component]) -> None:
        self._parts = tuple(parts)
        self.table.fill([(part.name, part.version, part.licence) for part in parts])
        if parts:
            self.table.selectRow(0)
            self._show_chosen()  # other parts may stand where the chosen one stood

    def _show_chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self.text.setPlainText(self._parts[rows[0].row()].text or NO_TEXT)


class _Table(QTableWidget):
    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setAccessibleName("Parts of the program")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        for column in (0, 1):
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def fill(self, rows: list[tuple[str, str, str]]) -> None:
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.setItem(row, column, item)


def _card(inside: QWidget, share: int) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    card.setMinimumHeight(HEIGHT)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    policy.setHorizontalStretch(share)
    card.setSizePolicy(policy)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 12, 8, 12)
    layout.addWidget(inside)
    return card
