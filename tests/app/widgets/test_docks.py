"""Panels: what there is room for, what is asked for, and what is found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.widgets import theme
from app.widgets.docks import COMFORT, WIDE, Docks
from tests.rig.processes import ROOT

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Block(QWidget):
    """So large at least."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def minimumSizeHint(self) -> QSize:
        return self._size

    sizeHint = minimumSizeHint


@pytest.fixture
def docks(qtbot, qapp):
    """Three panels of 320 x 150 below one another beside a middle of 260."""
    theme.install(qapp)
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(1400, 900)
    made = Docks(Block(260, 100))
    made.setParent(page)
    last = None
    for name in ("one", "two", "three"):
        last = made.add(name, Block(320, 150), RIGHT, last)
    made.resize(1200, 700)
    page.show()
    qtbot.waitExposed(page)
    qtbot.wait(20)
    made.remember_first()
    yield made


def shown(docks: Docks) -> list[str]:
    return [dock.objectName() for dock in docks.docks if not dock.isHidden()]


def test_panels_go_where_there_is_little_room_and_come_back(docks):
    assert shown(docks) == ["one", "two", "three"]
    docks.resize(1200, 400)
    assert shown(docks) == ["one", "two"]
    docks.resize(700, 400)  # not beside a middle that one can work in
    assert shown(docks) == []
    docks.resize(1200, 700)
    assert shown(docks) == ["one", "two", "three"]


def test_who_asks_for_a_panel_gets_it_and_another_one_goes(docks, qtbot):
    docks.resize(1200, 400)
    docks.ask_for(docks.docks[2])
    assert shown(docks) == ["one", "three"]
    docks.resize(700, 400)
    docks.ask_for(docks.docks[1])
    assert shown(docks) == ["two"]
    docks.toggle(docks.docks[1])
    qtbot.waitUntil(lambda: shown(docks) == [])
    docks.resize(1200, 700)
    assert shown(docks) == ["one", "three"]  # what was closed stays closed


def test_a_panel_behind_a_tab_is_brought_before_it(docks, qtbot):
    one, two = docks.docks[:2]
    docks.tabifyDockWidget(one, two)
    two.raise_()
    qtbot.waitUntil(lambda: two.is_seen and not one.is_seen)
    docks.toggle(one)
    qtbot.waitUntil(lambda: one.is_seen and not two.is_seen)
    assert not two.isHidden()
    docks.toggle(one)
    assert one.isHidden()


def test_panels_leave_the_middle_its_comfort_and_take_their_width_back(docks, qtbot):
    border = docks.docks[0].geometry().topLeft() + QPoint(-4, 60)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(docks, left, pos=border)
    there = QPointF(border - QPoint(100, 0))
    QApplication.sendEvent(docks, QMouseEvent(QEvent.Type.MouseMove, there, docks.mapToGlobal(there), left, left, none))
    qtbot.wait(50)
    qtbot.mouseRelease(docks, left, pos=there.toPoint())
    dragged = docks.docks[0].width()
    assert dragged > WIDE
    docks.resize(COMFORT + 8 + 360, 700)
    qtbot.waitUntil(lambda: docks.docks[0].width() == 360)
    qtbot.mouseClick(docks, left, pos=docks.docks[0].geometry().center())  # which drags nothing
    docks.resize(1200, 700)
    qtbot.waitUntil(lambda: docks.docks[0].width() == dragged)
    docks.arrange()
    qtbot.waitUntil(lambda: docks.docks[0].width() == WIDE)


def test_what_was_closed_and_what_had_no_room_are_told_apart_at_the_next_start(docks, qtbot, tmp_path):
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    docks.docks[0].close()
    docks.resize(1200, 200)
    qtbot.waitUntil(lambda: shown(docks) == ["two"])
    docks.save(memory)
    again = Docks(Block(260, 100))
    qtbot.addWidget(again)
    for name in ("one", "two", "three"):
        again.add(name, Block(320, 150), RIGHT)
    again.remember_first()
    again.restore(memory)
    again.resize(1200, 700)
    again.show()
    qtbot.waitUntil(lambda: shown(again) == ["two", "three"])


@pytest.mark.desktop
def test_a_panel_that_is_drawn_out_has_a_frame_and_stays_before_the_window(display):
    env = {**os.environ, **display}
    child = subprocess.run(
        [sys.executable, "-m", "tests.app.floating_panel"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert child.returncode == 0, child.stderr[-2000:]
    told = json.loads(child.stdout.splitlines()[-1])
    assert told.pop("arrivals") == 2, "a window that comes, goes and comes again at once may be lost by a window manager"
    for when, seen in told.items():
        assert seen == {"floating": True, "title": "Depth", "framed": True, "before": True, "closes": seen["closes"]}, when
    assert seen["closes"]
