"""A label for what the program says: it breaks its lines where it must and is always as high as all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy

from app import theme

NO_PLACE = 60  # pixels: narrower than this is only what has not been laid out yet


class Sentence(QLabel):
    """Takes the width that it is given and asks for the height that this width makes, also where no layout would ask.

    A word that is wider than the place, such as a path, is broken anywhere. `role` and `scale` are as for `theme.label`.
    """

    def __init__(self, text: str = "", role: str = "muted", scale: float = 0.92, lines: int = 1, steady: bool = False) -> None:
        """There is always room for so many `lines`; a `steady` one keeps the height of the longest that it said."""
        super().__init__(text)
        self._lines, self._steady, self._tallest = lines, steady, 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.set_font(self, scale)

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._measure()

    def hasHeightForWidth(self) -> bool:
        return False

    def heightForWidth(self, width: int) -> int:
        if width < NO_PLACE:
            return self._lines * self.fontMetrics().lineSpacing()
        return round(max(self._lay_out(width)[1], self._lines * self.fontMetrics().lineSpacing()))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 24, max(self._tallest, self.heightForWidth(self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._tallest = 0
            self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tallest = 0
            self._measure()

    def paintEvent(self, event) -> None:
        layout, height = self._lay_out(self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        centred = self.alignment() & Qt.AlignmentFlag.AlignVCenter
        layout.draw(painter, QPointF(0, max(0.0, (self.height() - height) / 2) if centred else 0))

    def _measure(self) -> None:
        if self._steady:
            self._tallest = max(self._tallest, self.heightForWidth(self.width()))
        self.updateGeometry()

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        """And how high it is."""
        layout, height = QTextLayout(self.text().replace("\n", "\u2028"), self.font()), 0.0
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
