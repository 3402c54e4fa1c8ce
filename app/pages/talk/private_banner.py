"""Says over a conversation that nothing of it is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from app.widgets import theme


class PrivateBanner(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName("Private session")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        words = theme.label("Private session: nothing of it is written to the disk, and it is gone when it ends.", "muted")
        words.setWordWrap(True)
        self.end = theme.button("End it")
        self.end.setToolTip("Begins an ordinary session; what was said in this one is gone")
        self.end.setAccessibleName("End the private session")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 10, 8)
        layout.addWidget(words, 1)
        layout.addWidget(self.end, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()
