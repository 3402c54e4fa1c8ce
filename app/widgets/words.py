"""A label for what the program says: it breaks its lines where it must and is always as high as all of them."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.widgets import theme

_UNIT = re.compile(r"(?<=\d) (?=(?:%|s|ms|min|dB|k?Hz|[kMGT]B)(?!\w))")


class Words(QLabel):
    """Takes the width that it is given and asks for the height that this width makes, also where no layout would ask.

    A word that is wider than the place, such as a path, is broken anywhere; a figure and its unit stay on one line.
    """

    def __init__(
        self, text: str = "", role: str = "", scale: float = 1.0, bold: bool = False,
        lines: int = 1, least: int = 0, steady: bool = False,
    ) -> None:  # fmt: skip
        """`role`, `scale` and `bold` are as for `theme.label`.

        There is always room for so many `lines`, so that what is said next does not move what stands below; a `steady` one
        keeps the height of the longest that it said. `least`: the width that it asks for, in pixels at the usual text size.
        """
        super().__init__()
        self._said, self._lines, self._least, self._steady = "", lines, least, steady
        self._place = self._needed = self._tallest = 0  # pixels; no place was given yet
        self._measured: dict[int, int] = {}
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.set_font(self, scale, bold)
        self.setText(text)

    def text(self) -> str:
        """As it was said."""
        return self._said

    def setText(self, text: str) -> None:
        if text != self._said:
            self._said = text
            super().setText(_UNIT.sub("\u00a0", text))
            self._measure()

    def heightForWidth(self, width: int) -> int:
        if width not in self._measured:
            high = self._lay_out(width)[1] if width > 0 else 0
            self._measured[width] = math.ceil(max(high, self._lines * self.fontMetrics().lineSpacing()))
        return self._measured[width]

    def sizeHint(self) -> QSize:
        least = theme.scaled(self._least)
        return QSize(least, max(self._tallest, self.heightForWidth(self._place or least)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != self._place:
            self._place, self._tallest = event.size().width(), 0
            self._ask()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tallest = 0
            self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        layout, height = self._lay_out(self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        centred = self.alignment() & Qt.AlignmentFlag.AlignVCenter
        layout.draw(painter, QPointF(0, max(0.0, (self.height() - height) / 2) if centred else 0), self._selection())

    def _selection(self) -> list[QTextLayout.FormatRange]:
        if not self.hasSelectedText():
            return []
        chosen = QTextLayout.FormatRange()
        chosen.start, chosen.length = self.selectionStart(), len(self.selectedText())
        how = QTextCharFormat()
        how.setBackground(self.palette().brush(QPalette.ColorRole.Highlight))
        how.setForeground(self.palette().brush(QPalette.ColorRole.HighlightedText))
        chosen.format = how
        return [chosen]

    def _measure(self) -> None:
        self._measured.clear()
        self._ask()

    def _ask(self) -> None:
        """For another height, where that is needed."""
        needed = self.heightForWidth(self._place or theme.scaled(self._least))
        if self._steady and self._place:
            needed = self._tallest = max(self._tallest, needed)
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        """And how high it is."""
        layout, height = QTextLayout(super().text().replace("\n", "\u2028"), self.font()), 0.0
        option = QTextOption(self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        return layout, height
