"""A sentence that breaks its lines, and keeps room for the longest one that may stand there."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from app import theme

_UNIT = re.compile(r"(?<=\d) (?=(?:%|s|ms|min|dB|k?Hz|[kMGT]B)(?!\w))")


class Words(QLabel):
    """As high as `lines` at least, so that what is said next does not move what stands below, and as its words need at most."""

    def __init__(
        self, text: str = "", role: str = "", scale: float = 1.0, bold: bool = False, lines: int = 1, least: int = 0
    ) -> None:
        """`least` is a width in pixels at the usual text size that it asks for; it takes whatever it is given."""
        super().__init__()
        self._lines, self._least = lines, least
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.set_font(self, scale, bold)
        self.setText(text)

    def setText(self, text: str) -> None:
        """A figure and its unit stay on one line."""
        self.said = text
        super().setText(_UNIT.sub("\u00a0", text))

    def heightForWidth(self, width: int) -> int:
        return max(super().heightForWidth(width), self._room())

    def sizeHint(self) -> QSize:
        width = theme.scaled(self._least)
        return QSize(width, self.heightForWidth(width) if width else self._room())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.scaled(self._least), self._room())

    def _room(self) -> int:
        return self.fontMetrics().lineSpacing() * self._lines + 2
