"""The list of sessions, by its keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from app.library.journal import Journal
from app.library.library import Library
from app.library.session_list import INFO
from app.library.sessions_view import SessionsView
from tests.app.library.test_library import record


@pytest.fixture
def view(tmp_path, qtbot):
    library = Library(tmp_path / "library")
    library.open()
    journal = Journal(library)
    for turn in range(3):
        record(journal, turn, text=f"question {turn}", spoken=False)
        journal.new_session()
    view = SessionsView(library)
    qtbot.addWidget(view)
    view.resize(280, 600)
    view.show()
    qtbot.waitUntil(lambda: len(shown(view)) == 3)
    yield view
    view.close_library()
    library.close()


def shown(view):
    rows = [view.model.index(row).data(INFO) for row in range(view.model.rowCount())]
    return [info for info in rows if info is not None]


def test_enter_opens_and_search_narrows(view, qtbot):
    opened = []
    view.opened.connect(opened.append)
    view.list.setFocus()
    view.select(shown(view)[1].id)
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert opened == [shown(view)[1].id]
    view.search.setFocus()
    QTest.keyClicks(view.search, "question 2")
    qtbot.waitUntil(lambda: len(shown(view)) == 1)
    view.search.setText("zebra")
    qtbot.waitUntil(lambda: view.note.text() == "Nothing holds these words.")
    view.search.clear()
    qtbot.waitUntil(lambda: len(shown(view)) == 3)
    assert not view.note.isVisible()


def test_delete_is_undone_and_pin_moves_up(view, qtbot):
    last = shown(view)[-1]
    view.list.setFocus()
    view.select(last.id)
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(shown(view)) == 2)
    assert view.undo.isVisible() and "deleted" in view.note.text()
    QTest.mouseClick(view.undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(view)) == 3)
    view.select(last.id)
    QTest.keyClick(view.list, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(view)[0].id == last.id and shown(view)[0].pinned)
    assert view.model.index(0).data() == "Pinned"


def test_rename(view, qtbot, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("A better name", True))
    view.list.setFocus()
    view.select(shown(view)[0].id)
    QTest.keyClick(view.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: shown(view)[0].title == "A better name")
