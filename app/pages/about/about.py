"""The dialog about the program: its version, how it came here, a newer one where that can be asked for, and its parts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.background import Background
from app.pages.about.parts_view import PartsView
from app.pages.about.update_row import UpdateRow
from app.widgets import icons, theme
from app.widgets.page_body import PageBody
from app.widgets.words import Words
from engine import parts
from engine.installed import installation, version
from engine.parts import Component
from engine.updates import feed
from engine.updates.check import Copy
from engine.updates.feed import ReleaseFeed
from engine.updates.release import machine

SIZE = QSize(1000, 720)
MARK = 56  # pixels

WHAT = "Offline voice chat with a spoken language model that shows, token by token, how deep it thinks."
OURS = "Refrain's own licence and those of its parts are below; all of them let you use it for any purpose, without warranty."


class About(QDialog):
    """May stay open beside the window. `close_about` belongs to the program's end."""

    def __init__(self, parent: QWidget | None = None, newer: ReleaseFeed | None = None) -> None:
        """`newer`: where newer versions are, by default as the program's own file says."""
        super().__init__(parent)
        self.setWindowTitle("About Refrain")
        self._background = Background("about", self)
        problem = ""
        if newer is None:
            try:
                newer = feed.read()
            except ValueError as error:
                problem = str(error)
        self.updates: UpdateRow | None = None
        if newer is not None:
            self.updates = UpdateRow(newer, Copy(version(), installation().kind, machine()))
        self.view = PartsView()
        self.note = Words("Looking at what is here…", "muted")
        self.problem = Words(problem, "danger")
        self.problem.setVisible(bool(problem))
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.close)

        self._was_shown = False
        self._lay_out()

    def close_about(self) -> None:
        self._background.close()
        if self.updates is not None:
            self.updates.close_updates()

    def showEvent(self, event: QShowEvent) -> None:
        if not self._was_shown:
            self._was_shown = True
            window = self.parentWidget()
            self.resize(SIZE.boundedTo(window.size() - QSize(40, 40)) if window is not None else SIZE)
            self._background.do(parts.parts, self._show_parts, self.note.setText)
        super().showEvent(event)


    def _show_parts(self, found: Sequence[Component]) -> None:
        self.view.show_parts(found)
        self.note.setText(OURS)

    def _lay_out(self) -> None:
        body = PageBody(f"Refrain {version()}")
        mark = QLabel()
        mark.setPixmap(icons.mark().pixmap(QSize(MARK, MARK)))
        mark.setFixedSize(MARK, MARK)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(Words(WHAT))
        words.addWidget(Words(f"Here from: {installation()}.", "muted"))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        body.parts.addLayout(head)
        body.parts.addWidget(self.problem)
        if self.updates is not None:
            card = QFrame()
            card.setProperty("role", "card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(16, 12, 16, 14)
            inside.addWidget(self.updates)
            body.parts.addWidget(card)
        body.parts.addWidget(theme.label("What it is made of", scale=1.15, bold=True))
        body.parts.addWidget(self.note)
        body.parts.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 0, 20, 0)
        foot.addStretch()
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 16)
        layout.addWidget(body, 1)
        layout.addLayout(foot)
        self.close_button.setDefault(True)
