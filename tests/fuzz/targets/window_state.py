"""`window.ini`: where the window and its panels stood."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from hypothesis import strategies as st

from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

CRASH = (
    b"[General]\n"
    b"docks=@ByteArray(\\0\\0\\0\\xff\\0\\0\\0\\x1\\xfd\\0\\0\\0\\x2\\0\\0\\0\\0\\0\\0\\0<\\0\\0\\x2X\\xfc\\x2\\0\\"
    b"0\\0\\x1\\xfb\\0\\0\\0\\n\\0S\\0p\\0\\x65\\0\\x65\\x64\\x1\\0\\0\\0\\0\\0\\0\\x2X\\0\\0\\0\\x1b\\0\\xff\\xff"
    b"\\xff\\0\\0\\0\\x1\\0\\0:\xd9oVx2X\\xfc\\x2\\0\\0\\0\\x2\\xfb\\0\\0\\0\\x10\\0S\\0\\x63\\0h\\0\\x65\\0\\x64\\"
    b"0u\\0l\\0\\x65\\x1\\0\\0\\0\\0\\0\\0\\x1(\\0\\0\\0\\x1b\\0\\xff\\xff\\xff\\xfb\\0\\0\\0\\n\\0\\x44\\0\\x65\\"
    b"0p\\0t\\0h\\x1\\0\\0\\x1\\x30\\0\\0\\x1(\\0\\0\\0\\x1b\\0\\xff\\xff\\xff\\0\\0\\x2\\xfc\\0\\0\\x2X\\0\\0\\0\\"
    b"x4\\0\\0\\0\\x4\\0\\0\\0\\b\\0\\0\\0\\b\\xfc\\0\\0\\0\\0)"
)
"""A damaged arrangement that ends Qt 6.11.3."""


@cache
def screen() -> SimpleNamespace:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from app.widgets import theme

    app = QApplication.instance() or QApplication([])
    theme.install(app, "light")
    return SimpleNamespace(app=app)


def page():
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    from app.widgets.docks import Docks

    docks = Docks(QLabel("the middle"))
    first = docks.add("Schedule", QLabel("1"), Qt.DockWidgetArea.RightDockWidgetArea)
    docks.add("Depth", QLabel("2"), Qt.DockWidgetArea.RightDockWidgetArea, first)
    docks.add("Speed", QLabel("3"), Qt.DockWidgetArea.LeftDockWidgetArea)
    docks.remember_first()
    return docks


@cache
def valid() -> bytes:
    from app.desktop.window_memory import WindowMemory

    screen()
    with TemporaryDirectory(prefix="refrain-fuzz-") as folder:
        path = Path(folder) / "window.ini"
        memory, docks = WindowMemory(path), page()
        docks.resize(900, 600)
        docks.show()
        memory.setValue("window", docks.saveGeometry())
        docks.save(memory)
        memory.sync()
        docks.close()
        return path.read_bytes()


def read(content: bytes, place: Path) -> None:
    from PySide6.QtCore import QByteArray

    from app.desktop.window_memory import WindowMemory

    path = place / "window.ini"
    path.write_bytes(content)
    app = screen().app
    memory, docks = WindowMemory(path), page()
    geometry = memory.value("window")
    if isinstance(geometry, QByteArray):
        docks.restoreGeometry(geometry)
    docks.restore(memory)
    docks.show()
    app.processEvents()
    assert docks.width() < 20_000 and docks.height() < 20_000
    docks.resize(1800, 1000)  # room for all of them
    docks.arrange()
    app.processEvents()
    assert [dock.isVisibleTo(docks) for dock in docks.docks] == [True, True, True]
    docks.save(memory)
    docks.close()
    docks.deleteLater()
    app.processEvents()


TARGET = Target(
    st.deferred(lambda: spoilt(valid(), most=8)) | st.binary(),
    read,
    refuses=(),
    examples=[
        CRASH,
        b"[General]\nwindow=5\ndocks=@Invalid()",
        b"[General]\ndocks=@ByteArray(\\0\\0\\0\\xff)",
        b"[General]\ndocks=@Variant(\\0)",
    ],
    seconds=5,
)
