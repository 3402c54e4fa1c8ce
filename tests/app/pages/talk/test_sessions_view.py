"""The list of sessions, by its keys."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.pages.talk.session_list import INFO, day_of
from app.pages.talk.sessions_view import SessionsView
from app.storage.importing import Imported
from app.storage.journal import Journal
from app.storage.library import Library
from app.storage.records import SessionInfo
from tests.app.storage.test_library import record


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


def test_what_was_written_is_said_for_a_while_with_the_way_to_its_folder(view, qtbot, monkeypatch, tmp_path):
    asked, shown_folders = [], []

    def choose(parent, title, proposed, kinds):
        asked.append(Path(proposed))
        return str(tmp_path / Path(proposed).name), "Transcript (*.md)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr("app.widgets.save_dialog.show_folder", lambda file: shown_folders.append(file.parent) or True)
    info = shown(view)[1]
    view.select(info.id)
    view._export()
    day = time.strftime("%Y-%m-%d", time.localtime(info.created))
    assert asked[0].name == f"{day} {info.words}.refrain"  # by its day and its words, not by its id
    written = tmp_path / f"{day} {info.words}.md"  # the kind that was chosen counts
    qtbot.waitUntil(view.show_file.isVisible)
    assert written.is_file() and view.note.text() == f"Written: {written.name}" and view.note.toolTip() == str(written)
    QTest.mouseClick(view.show_file, Qt.MouseButton.LeftButton)
    assert shown_folders == [tmp_path]
    view._forget.start(30)
    qtbot.waitUntil(lambda: not view.note.isVisible() and not view.show_file.isVisible())
    view._imported(Imported())
    assert view.note.text() == "All of it was here already."
    assert view._forget.isActive()
    view._forget.start(30)
    qtbot.waitUntil(lambda: not view.note.isVisible())


def test_a_day_that_is_still_to_come_has_its_date():
    today = date(2026, 11, 29)
    days = date(2026, 11, 25), date(2999, 1, 2), date(1970, 1, 2)
    times = [time.mktime((*day.timetuple()[:3], 12, 0, 0, 0, 0, -1)) for day in days]
    found = [day_of(SessionInfo("", "", False, at, at, 1, ""), today) for at in times]
    assert found == ["Wednesday", "2 January 2999", "2 January 1970"]


def test_rename(view, qtbot, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("A better name", True))
    view.list.setFocus()
    view.select(shown(view)[0].id)
    QTest.keyClick(view.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: shown(view)[0].title == "A better name")
