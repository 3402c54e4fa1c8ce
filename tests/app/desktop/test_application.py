"""Files that the desktop names by an event, as macOS does, are opened: also those that come before there is a window."""

from __future__ import annotations

import pytest

from tests.rig.processes import python

pytestmark = pytest.mark.whole


def test_files_that_the_desktop_names_are_opened():
    python(
        """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from app.desktop.application import Application
app, opened = Application(["refrain"]), []
app.sendEvent(app, QFileOpenEvent("/tmp/early one.refrain"))
app.open_with(opened.append)
app.sendEvent(app, QFileOpenEvent("/tmp/later.refrain"))
app.sendEvent(app, QEvent(QEvent.Type.ApplicationFontChange))
assert opened == [[Path("/tmp/early one.refrain")], [Path("/tmp/later.refrain")]], opened
"""
    )
