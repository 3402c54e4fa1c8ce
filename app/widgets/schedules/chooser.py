"""A combo box with an arrow of our own (style sheets take the system's away), whose list is as wide as its longest entry."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.widgets import theme

BESIDE = 24  # pixels of a list beside its entries


class Chooser(QComboBox):
    def __init__(self) -> None:
        super().__init__()
        for change in (self.model().rowsInserted, self.model().rowsRemoved, self.model().dataChanged):
            change.connect(lambda *_: self._widen())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._widen()

    def make_editable(self) -> QLineEdit:
        """Returns the field for what may be typed instead of chosen; it is not added to what is offered, nor completed."""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none
        field = self.lineEdit()
        assert field is not None
        return field

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.now().muted), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, y = self.width() - 18.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2.5), QPointF(x + 4, y - 2)]))

    def _widen(self) -> None:
        """As far as the screen goes."""
        advance = self.fontMetrics().horizontalAdvance
        widest = max((advance(self.itemText(place)) for place in range(self.count())), default=0)
        self.view().setMinimumWidth(min(widest + BESIDE, self.screen().availableSize().width()))
