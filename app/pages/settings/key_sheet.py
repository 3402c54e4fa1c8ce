"""The sheet of all keys, made from their table: what each does, by where it counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings.actions import ACTIONS, FIXED, PLACES
from app.settings.shortcuts import Shortcuts
from app.widgets import theme

COLUMN, CHIPS = 300, 112  # pixels at the usual text size that a group needs, and its keys
SIZE = QSize(1060, 700)
NO_KEY = "No key"
_Line = tuple[str, str, str]  # a key for people, what it does, more about it


class KeySheet(QDialog):
    """Stays open beside the window as long as one likes, and follows what is changed."""

    change_wanted = Signal()
    """The user wants other keys."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self._shortcuts = shortcuts
        self._groups: list[QFrame] = []
        self._columns: list[QVBoxLayout] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 12, 0)
        self._row.setSpacing(16)
        self.change, self.close_button = QPushButton("Change keys…"), QPushButton("Close")
        self.change.clicked.connect(self.change_wanted)
        self.close_button.clicked.connect(self.close)
        self._lay_out()
        shortcuts.bind("keys", self, self.close)
        self._renew = QTimer(self, singleShot=True, interval=0)  # once, however many keys are changed together
        self._renew.timeout.connect(self._fill)
        shortcuts.on_change(self._renew.start)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._groups:
            window = self.parentWidget()
            self.resize(SIZE.boundedTo(window.size() - QSize(40, 40)) if window is not None else SIZE)
            self._fill()
        self._scroll.setFocus()  # the arrow keys scroll
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fill(self) -> None:
        for group in self._groups:
            group.setParent(None)
            group.deleteLater()
        text = self._shortcuts.text
        lines = {
            heading: [(text(one.name), one.title, one.description) for one in ACTIONS if one.place == place]
            for place, heading in PLACES.items()
        }
        lines["In every program"] = [(key, words, "") for key, words in FIXED]
        self._groups = [_group(heading, found) for heading, found in lines.items()]
        self._columns = []
        self._arrange()

    def _arrange(self) -> None:
        """The groups in as many columns as there is room for, each next to the one that is shortest by then."""
        room = self._scroll.viewport().width() - 12
        count = max(1, min(3, (room + 16) // (theme.scaled(COLUMN) + 16)))
        if count == len(self._columns) or not self._groups:
            return
        while self._row.count():
            self._row.takeAt(0)
        self._columns = [QVBoxLayout() for _ in range(count)]
        heights = [0] * count
        for column in self._columns:
            column.setSpacing(16)
            self._row.addLayout(column, 1)
        for group in self._groups:
            place = heights.index(min(heights))
            heights[place] += group.sizeHint().height() + 16
            self._columns[place].addWidget(group)
            group.show()
        for column in self._columns:
            column.addStretch()

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setProperty("role", "turns")
        holder.setLayout(self._row)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setAccessibleName("Keys by where they count")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(holder)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 12, 0)
        foot.addWidget(self.change)
        foot.addStretch()
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 8, 16)
        layout.setSpacing(14)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(foot)
        self.close_button.setDefault(True)


def _group(heading: str, lines: Sequence[_Line]) -> QFrame:
    group = QFrame()
    group.setProperty("role", "card")
    group.setAccessibleName(heading)
    grid = QGridLayout(group)
    grid.setContentsMargins(16, 12, 16, 14)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, theme.scaled(CHIPS))
    grid.addWidget(theme.label(heading, bold=True), 0, 0, 1, 2)
    for row, (key, words, more) in enumerate(lines, 1):
        chip = theme.label(key or NO_KEY, "key" if key else "muted", 0.92)
        does = theme.label(words)
        does.setWordWrap(True)
        for label in (chip, does):
            label.setToolTip(more)
        does.setAccessibleDescription(more)
        grid.addWidget(chip, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(does, row, 1)
    return group
