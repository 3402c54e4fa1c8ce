"""What nobody caught is in the log, wherever it came from."""

from __future__ import annotations

import pytest

from tests.rig.processes import python

pytestmark = pytest.mark.whole

FAILING = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QTimer, qWarning
from app.desktop.hooks import watched
from engine import log
before = sys.excepthook, threading.excepthook
log.start()

def fail():
    raise ValueError("in a slot")

def fail_in_thread():
    raise ValueError("in a thread")

try:
    with watched():
        app = QCoreApplication([])
        QTimer.singleShot(0, fail)
        QTimer.singleShot(0, app.quit)
        app.exec()
        worker = threading.Thread(target=fail_in_thread, name="worker")
        worker.start()
        worker.join()
        qWarning("something about a font")
        raise KeyError("at the end")
except KeyError:
    pass
qWarning("after it")
assert (sys.excepthook, threading.excepthook) == before
for entry in log.recent():
    print(entry.level, entry.text)
"""


def test_slots_threads_qt_and_the_end(tmp_path):
    names = ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME")
    said = python(FAILING, env=dict.fromkeys(names, str(tmp_path)))
    for words in ("ValueError: in a slot", "ValueError: in a thread", "The thread “worker”", "KeyError: 'at the end'"):
        assert words in said
    assert "app.qt: something about a font" in said and "after it" not in said
    logged = next(tmp_path.rglob("refrain.log")).read_text(encoding="utf-8")
    assert "something about a font" in logged and "in a thread" in logged
    numbers = [int(line.split()[0]) for line in said.splitlines() if line[:3] in ("30 ", "50 ")]
    assert numbers == [50, 50, 30, 50]
