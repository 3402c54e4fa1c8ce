"""Panels around the conversation that can be moved, stacked, closed, and are found again where they were left."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from app import theme

LAYOUT = 1  # changes when a saved arrangement would no longer fit


class Grip(QWidget):
    """What a panel is dragged by; it takes no clicks, so the dock gets them."""

    def sizeHint(self) -> QSize:
        return QSize(60, 10)

    minimumSizeHint = sizeHint

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.now().border))
        for step in (-1, 0, 1):
            painter.drawEllipse(self.rect().center().x() + 7 * step - 1, 4, 3, 3)


class Docks(QMainWindow):
    """A page whose middle stays while panels dock around it."""

    def __init__(self, centre: QWidget) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, self.tabPosition(Qt.DockWidgetArea.TopDockWidgetArea))
        self.setCentralWidget(centre)
        self.docks: list[QDockWidget] = []

    def add(self, name: str, panel: QWidget, area: Qt.DockWidgetArea, below: QDockWidget | None = None) -> QDockWidget:
        """Docks `panel`; with `below` under that one."""
        dock = QDockWidget(name, self)
        dock.setObjectName(name)
        dock.setAccessibleName(f"{name} dock")
        dock.setTitleBarWidget(Grip(dock))
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        if below is not None:
            self.splitDockWidget(below, dock, Qt.Orientation.Vertical)
        self.docks.append(dock)
        return dock

    def menu(self, parent: QWidget) -> QMenu:
        """Which panels are shown, and the arrangement that the program came with."""
        menu = QMenu(parent)
        for place, dock in enumerate(self.docks):
            action = dock.toggleViewAction()
            if place < 8:
                action.setShortcut(QKeySequence(f"F{place + 4}"))
            self.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("Arrange as at first", self.arrange)
        return menu

    def remember_first(self) -> None:
        """The present arrangement is the one to come back to."""
        self._first = self.saveState(LAYOUT)

    def arrange(self) -> None:
        self.restoreState(self._first, LAYOUT)

    def restore(self, memory: QSettings) -> None:
        state = memory.value("docks")
        if isinstance(state, QByteArray):
            self.restoreState(state, LAYOUT)

    def save(self, memory: QSettings) -> None:
        memory.setValue("docks", self.saveState(LAYOUT))
