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


@cache
def screen() -> SimpleNamespace:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from app import theme

    app = QApplication.instance() or QApplication([])
    theme.install(app, "light")
    return SimpleNamespace(app=app)


def page():
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    from app.docks import Docks

    docks = Docks(QLabel("the middle"))
    first = docks.add("Schedule", QLabel("1"), Qt.DockWidgetArea.RightDockWidgetArea)
    docks.add("Depth", QLabel("2"), Qt.DockWidgetArea.RightDockWidgetArea, first)
    docks.add("Speed", QLabel("3"), Qt.DockWidgetArea.LeftDockWidgetArea)
    docks.remember_first()
    return docks


@cache
def valid() -> bytes:
    from PySide6.QtCore import QSettings

    screen()
    with TemporaryDirectory(prefix="refrain-fuzz-") as folder:
        path = Path(folder) / "window.ini"
        memory, docks = QSettings(str(path), QSettings.Format.IniFormat), page()
        docks.resize(900, 600)
        docks.show()
        memory.setValue("window", docks.saveGeometry())
        docks.save(memory)
        memory.sync()
        docks.close()
        return path.read_bytes()


def read(content: bytes, place: Path) -> None:
    from PySide6.QtCore import QByteArray, QSettings

    path = place / "window.ini"
    path.write_bytes(content)
    app = screen().app
    memory, docks = QSettings(str(path), QSettings.Format.IniFormat), page()
    geometry = memory.value("window")
    if isinstance(geometry, QByteArray):
        docks.restoreGeometry(geometry)
    docks.restore(memory)
    docks.show()
    app.processEvents()
    assert docks.width() < 20_000 and docks.height() < 20_000
    docks.arrange()
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
        b"[General]\nwindow=5\ndocks=@Invalid()",
        b"[General]\ndocks=@ByteArray(\\0\\0\\0\\xff)",
        b"[General]\ndocks=@Variant(\\0)",
    ],
    seconds=5,
)
