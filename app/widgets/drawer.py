"""A part of a page that stands beside the rest where there is room, and is drawn over it where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.widgets import theme

DIM = 0.4  # of what lies behind


class Drawer(QWidget):
    """Keeps `part`, first of `row`, or lays it over `page` until one clicks beside it or the focus goes elsewhere."""

    placed = Signal(bool)
    """Whether the part is seen now."""

    def __init__(self, part: QWidget, row: QBoxLayout, page: QWidget) -> None:
        super().__init__(page)
        self._part, self._row, self._page = part, row, page
        self.has_room = True
        """Whether there is room beside the rest."""
        self.is_wanted = True
        """Whether it shall stand beside the rest where there is room."""
        self.is_drawn = False
        """Whether it is laid over the rest where there is none."""
        self.setProperty("over", True)
        part.setProperty("over", True)
        row.insertWidget(0, part)
        page.installEventFilter(self)
        theme.application().focusChanged.connect(self._follow_focus)
        self.hide()

    @property
    def is_shown(self) -> bool:
        return self.is_wanted if self.has_room else self.is_drawn

    def toggle(self) -> None:
        """Shows the part, or takes it away."""
        if self.has_room:
            self.is_wanted = not self.is_wanted
        else:
            self.is_drawn = not self.is_drawn
        self._place()
        if self.is_drawn:
            (self._part.focusProxy() or self._part.nextInFocusChain() or self._part).setFocus()

    def close_over(self) -> None:
        """Where it is laid over the rest, it has done its work."""
        if self.is_drawn:
            self.is_drawn = False
            self._place()

    def set_room(self, has_room: bool) -> None:
        """Whether there is room beside the rest."""
        if has_room != self.has_room:
            self.has_room, self.is_drawn = has_room, False
            self._place()

    def _place(self) -> None:
        part = self._part
        if self.has_room and self._row.indexOf(part) < 0:
            self._row.insertWidget(0, part)
        elif not self.has_room and self._row.indexOf(part) >= 0:
            self._row.removeWidget(part)
            part.setParent(self._page)
        self.setVisible(self.is_drawn)
        part.setVisible(self.is_shown)
        self._cover()
        self.placed.emit(self.is_shown)

    def _cover(self) -> None:
        if self.is_drawn:
            self.setGeometry(self._page.rect())
            self._part.setGeometry(0, 0, self._part.sizeHint().width(), self._page.height())
            self.raise_()
            self._part.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _follow_focus(self, _: QWidget | None, focus: QWidget | None) -> None:
        if self.is_drawn and focus is not None and focus.window() is self.window() and not self._part.isAncestorOf(focus):
            self.close_over()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_over()

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor("black")
        shade.setAlphaF(DIM)
        QPainter(self).fillRect(self.rect(), shade)
