"""The sheet shows every key of the table as it is set, in windows of any size."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.pages.settings.key_sheet import NO_KEY, KeySheet
from app.settings.actions import ACTIONS, FIXED
from app.settings.settings import Settings
from app.settings.shortcuts import Shortcuts
from app.widgets import theme
from tests.app.measure import misfits, settle


@pytest.fixture
def shortcuts(qapp):
    theme.install(qapp)
    return Shortcuts(Settings())


def shown(sheet: KeySheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel)]


@pytest.mark.parametrize(("size", "columns"), [((640, 440), 1), ((840, 520), 2), ((1600, 1000), 3)])
def test_every_key_is_on_it(shortcuts, qtbot, size, columns):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    sheet = KeySheet(shortcuts, window)
    sheet.show()
    qtbot.waitUntil(lambda: len(sheet._columns) == columns)
    assert sheet.width() <= size[0] and sheet.height() <= size[1]
    words = shown(sheet)
    for action in ACTIONS:
        assert shortcuts.text(action.name) in words and action.title in words
    assert all(keys in words for keys, _ in FIXED)
    settle()
    assert not misfits(sheet)


def test_it_follows_what_is_changed(shortcuts, qtbot):
    sheet = KeySheet(shortcuts)
    qtbot.addWidget(sheet)
    sheet.show()
    assert "F4" in shown(sheet) and NO_KEY not in shown(sheet)
    shortcuts.assign("panel_schedule", "F12")
    shortcuts.assign("mute", "")
    qtbot.waitUntil(lambda: "F12" in shown(sheet) and "F4" not in shown(sheet) and NO_KEY in shown(sheet))
