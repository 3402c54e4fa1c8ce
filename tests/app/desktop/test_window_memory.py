"""Where the window stood is found again, and damage to it does no harm."""

from __future__ import annotations

import os

from PySide6.QtCore import QByteArray

from app.desktop.window_memory import WindowMemory


def test_a_state_comes_back_as_it_was_and_a_damaged_one_not_at_all(tmp_path):
    path = tmp_path / "window.ini"
    memory = WindowMemory(path)
    memory.setValue("docks", QByteArray(b"a state of Qt"))
    memory.setValue("sessions", "true")
    memory.sync()
    assert WindowMemory(path).value("docks") == QByteArray(b"a state of Qt")
    path.write_bytes(path.read_bytes().replace(b"state", b"stale"))
    os.utime(path, (0, 0))  # Qt reads a file of the same size again only where its time differs
    damaged = WindowMemory(path)
    assert damaged.value("docks") is None and damaged.value("sessions") == "true"
    path.write_text("[General]\ndocks=@ByteArray(without a digest)")
    assert WindowMemory(path).value("docks") is None and WindowMemory(path).value("sessions", "true") == "true"
