"""The newest part of the log, which follows it until somebody scrolls up to read."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from app.pages.diagnostics.places import short
from app.widgets import theme
from app.widgets.schedules.chooser import Chooser
from engine import log

LEVELS = {"Everything": logging.NOTSET, "Warnings and errors": logging.WARNING, "Errors": logging.ERROR}
KEPT = 3000  # lines
EMPTY = "Nothing was logged so far."


class LogView(QFrame):
    """`refresh` adds what is new; call it now and then while this is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.level = Chooser()
        self.level.addItems(list(LEVELS))
        self.level.setAccessibleName("Which messages are shown")
        self.level.currentIndexChanged.connect(self._begin_again)
        self.newest = theme.button("Newest", "Go to the newest message and follow the log")
        self.newest.clicked.connect(self.follow)
        self.text = QPlainTextEdit(readOnly=True, tabChangesFocus=True, placeholderText=EMPTY)
        self.text.setAccessibleName("Log of this run")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setMaximumBlockCount(KEPT)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(theme.font(0.85).pointSizeF())
        self.text.setFont(fixed)
        self.text.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.text.verticalScrollBar().rangeChanged.connect(lambda *_: self._grown())
        self.follows = True
        """Whether the newest line is kept in sight."""
        self._last = 0
        self._lay_out()
        self._show_follows()

    def follow(self) -> None:
        """Scrolls to the end; what comes is in sight again."""
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.follows = True
        self._show_follows()

    def refresh(self) -> None:
        """Adds the messages that came since the last time."""
        entries = log.recent(self._last)
        if not entries:
            return
        self._last = entries[-1].number
        least = LEVELS[self.level.currentText()]
        shown = [entry for entry in entries if entry.level >= least]
        if not shown:
            return
        follows, bar = self.follows, self.text.verticalScrollBar()
        place = bar.value()
        cursor = QTextCursor(self.text.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for entry in shown:
            if not self.text.document().isEmpty():
                cursor.insertBlock()
            cursor.insertText(short(entry.text.partition(" ")[2]), self._format(entry.level))  # without the date
        cursor.endEditBlock()
        if follows:
            self.follow()
        else:
            bar.setValue(place)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._last:
            self._begin_again()

    def _begin_again(self) -> None:
        self._last = 0
        self.text.clear()
        self.refresh()
        self.follow()

    def _scrolled(self, place: int) -> None:
        self.follows = place >= self.text.verticalScrollBar().maximum()
        self._show_follows()

    def _grown(self) -> None:
        """Also when the view itself became smaller; the text edit is still at it, and would set the place once more."""
        QTimer.singleShot(0, self, lambda: self.follow() if self.follows else None)

    def _show_follows(self) -> None:
        self.newest.setEnabled(not self.follows)

    def _format(self, level: int) -> QTextCharFormat:
        colours, made = theme.now(), QTextCharFormat()
        colour = colours.danger if level >= logging.ERROR else colours.text if level >= logging.WARNING else colours.muted
        made.setForeground(QColor(colour))
        return made

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(theme.label("Log of this run", bold=True))
        head.addStretch()
        head.addWidget(self.newest)
        head.addWidget(self.level)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
