"""`python -m tests.app.floating_panel`: panels on a real desktop; prints what a drawn-out one is like, also after a restart."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QColor, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

from app.widgets import theme
from app.widgets.docks import Docks
from tests.rig.display import root_property


class Arrivals(QObject):
    """How often a panel's window came onto the screen."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWindow) and watched.objectName().startswith("Depth"):
            self.count += 1
        return False


def window(memory: QSettings) -> tuple[QMainWindow, Docks]:
    """As the program makes it: the panels find their places before the window is shown."""
    made = QMainWindow()
    docks = Docks(QWidget())
    docks.add("Depth", QLabel("a panel"), Qt.DockWidgetArea.RightDockWidgetArea)
    made.setCentralWidget(docks)
    made.resize(900, 500)
    docks.remember_first()
    docks.restore(memory)
    made.show()
    until(lambda: made.isActiveWindow() and docks.docks[0].isVisible(), "the window is shown with its panel")
    return made, docks


def until(condition: Callable[[], bool], what: str) -> None:
    """The machine may be busy."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        QTest.qWait(50)


def stacked(*wanted: QWidget) -> list[int]:
    """The windows from the lowest to the highest, once the window manager knows those that are `wanted`."""
    order: list[int] = []

    def knows_them() -> bool:
        listed = root_property("_NET_CLIENT_LIST_STACKING").partition("#")[2]
        order[:] = [int(one, 16) for one in listed.split(",") if one.strip()]
        return {int(widget.winId()) for widget in wanted} <= set(order)  # asked each time: Qt may make a window anew

    until(knows_them, "the window manager knows them")
    return order


def seen(made: QMainWindow, docks: Docks, and_close: bool = False) -> dict:
    dock = docks.docks[0]
    order = stacked(made, dock)
    picture = dock.grab().toImage()
    told = {
        "floating": dock.isFloating(),
        "title": dock.titleBarWidget().findChild(QLabel).text(),
        "framed": picture.pixelColor(0, picture.height() // 2) == QColor(theme.now().muted),
        "before": order.index(int(dock.winId())) > order.index(int(made.winId())),
        "closes": False,
    }
    if and_close:
        QTest.mouseClick(dock.titleBarWidget().close_button, Qt.MouseButton.LeftButton)
        told["closes"] = not dock.isVisible()
    return told


def main() -> None:
    app = QApplication([])
    theme.install(app)
    arrivals = Arrivals()
    app.installEventFilter(arrivals)
    memory = QSettings(tempfile.mkdtemp() + "/window.ini", QSettings.Format.IniFormat)
    made, docks = window(memory)
    docks.docks[0].setFloating(True)
    told = {"drawn out": seen(made, docks)}
    docks.save(memory)
    made.close()
    docks.docks[0].close()
    made, docks = window(memory)
    told["started again"] = seen(made, docks)
    told["arrivals"] = arrivals.count
    made.activateWindow()
    until(made.isActiveWindow, "the window is in front")
    told["window in front"] = seen(made, docks, and_close=True)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
